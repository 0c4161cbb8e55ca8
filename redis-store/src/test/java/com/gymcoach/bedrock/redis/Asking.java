package com.gymcoach.bedrock.redis;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** A service that asks a Bedrock of this JVM, whose answers are numbered, through a cache. */
final class Asking implements AutoCloseable {
  /** The client that the service has. */
  enum Way {
    SYNC,
    ASYNC
  }

  static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  private final Way way;
  private final AtomicInteger answers = new AtomicInteger();
  private final BedrockStandIn bedrock =
      BedrockStandIn.start()
          .answerWith(
              request ->
                  BedrockStandIn.Reply.json(
                      "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\""
                          + answers.incrementAndGet()
                          + "\"}]}},\"stopReason\":\"end_turn\"}"));
  private final BedrockRuntimeClient sync;
  private final BedrockRuntimeAsyncClient async;

  Asking(Way way) {
    this.way = way;
    StaticCredentialsProvider credentials =
        StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));
    this.sync =
        BedrockRuntimeClient.builder()
            .region(Region.US_EAST_1)
            .credentialsProvider(credentials)
            .endpointOverride(bedrock.endpoint())
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .httpClient(Apache5HttpClient.create())
            .build();
    this.async =
        BedrockRuntimeAsyncClient.builder()
            .region(Region.US_EAST_1)
            .credentialsProvider(credentials)
            .endpointOverride(bedrock.endpoint())
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .httpClient(NettyNioAsyncHttpClient.create())
            .build();
  }

  /** Returns the number that the answer has; the same number is the same answer. */
  String ask(BedrockCache cache, String question) {
    Message message =
        Message.builder().role("user").content(ContentBlock.fromText(question)).build();
    ConverseRequest request =
        ConverseRequest.builder().modelId("amazon.nova-lite-v1:0").messages(message).build();
    ConverseResponse answer =
        way == Way.SYNC
            ? CachingBedrockClient.create(sync, cache).forScope(ALICE).converse(request)
            : CachingBedrockAsyncClient.create(async, cache)
                .forScope(ALICE)
                .converse(request)
                .join();
    return answer.output().message().content().get(0).text();
  }

  /** Returns how many calls Bedrock has answered. */
  int answered() {
    return answers.get();
  }

  static long count(BedrockCache cache, CacheFault fault) {
    return cache.stats().faults().getOrDefault(fault, 0L);
  }

  @Override
  public void close() {
    sync.close();
    async.close();
    bedrock.close();
  }
}
