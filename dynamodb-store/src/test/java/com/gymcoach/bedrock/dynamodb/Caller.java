package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** A service that asks Bedrock through one of the SDK's clients, a cache before it. */
final class Caller implements AutoCloseable {
  private static final String MODEL = "anthropic.claude-3-haiku-20240307-v1:0";

  /** Which client it has: the two must not drift apart. */
  enum Way {
    SYNC,
    ASYNC
  }

  private final @Nullable BedrockRuntimeClient sync;
  private final @Nullable BedrockRuntimeAsyncClient async;

  /** A caller that tries once. */
  Caller(Way way, URI bedrock) {
    this(way, bedrock, o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()));
  }

  Caller(Way way, URI bedrock, Consumer<ClientOverrideConfiguration.Builder> overrides) {
    sync =
        way == Way.ASYNC
            ? null
            : Dynamo.retrying(BedrockRuntimeClient.builder(), bedrock)
                .overrideConfiguration(overrides)
                .httpClient(Apache5HttpClient.create())
                .build();
    async =
        way == Way.SYNC
            ? null
            : Dynamo.retrying(BedrockRuntimeAsyncClient.builder(), bedrock)
                .overrideConfiguration(overrides)
                .httpClientBuilder(SdkHttp.netty())
                .build();
  }

  /** Asks, and waits for the answer; throws what the client fails with. */
  ConverseResponse call(BedrockCache cache, CacheScope scope, String question) {
    return call(cache, scope, question, CacheControl.DEFAULT);
  }

  ConverseResponse call(
      BedrockCache cache, CacheScope scope, String question, CacheControl control) {
    Message message =
        Message.builder().role("user").content(ContentBlock.fromText(question)).build();
    ConverseRequest request =
        control.applyTo(ConverseRequest.builder().modelId(MODEL).messages(message).build());
    if (sync != null) {
      return CachingBedrockClient.create(sync, cache).forScope(scope).converse(request);
    }
    try {
      return CachingBedrockAsyncClient.create(Objects.requireNonNull(async), cache)
          .forScope(scope)
          .converse(request)
          .join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
    }
  }

  /** Asks, and returns the text of the answer. */
  String ask(BedrockCache cache, CacheScope scope, String question) {
    return text(call(cache, scope, question));
  }

  static String text(ConverseResponse response) {
    return response.output().message().content().get(0).text();
  }

  /** Returns what Bedrock says when it says just this. */
  static Reply reply(String text) {
    return Reply.json(
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\""
            + text
            + "\"}]}},\"stopReason\":\"end_turn\"}");
  }

  @Override
  public void close() {
    if (sync != null) {
      sync.close();
    }
    if (async != null) {
      async.close();
    }
  }
}
