package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.blockhound.BlockHound;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** Nothing of ours blocks the threads on which the SDK's async clients complete their calls. */
@Timeout(120)
class NothingBlocksTest {
  private static final Set<String> BLOCKED = ConcurrentHashMap.newKeySet();
  private static final String TABLE = Dynamo.table();
  private static final BedrockStandIn BEDROCK = BedrockStandIn.start();
  private static final BedrockRuntimeAsyncClient CLIENT =
      Dynamo.configured(BedrockRuntimeAsyncClient.builder(), BEDROCK.endpoint())
          .httpClient(NettyNioAsyncHttpClient.create())
          .build();

  @BeforeAll
  static void watch() {
    BlockHound.builder()
        // The store hands a call to its threads: an executor's lock is held for no longer than
        // that.
        .allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "execute")
        .allowBlockingCallsInside("com.gymcoach.bedrock.cache.spi.store.GrowingPool", "execute")
        .nonBlockingThreadPredicate(known -> known.or(NothingBlocksTest::isTheSdks))
        .blockingMethodCallback(
            method -> {
              StackTraceElement[] stack = Thread.currentThread().getStackTrace();
              Arrays.stream(stack)
                  .dropWhile(frame -> !frame.getClassName().startsWith("reactor.blockhound"))
                  .filter(frame -> frame.getClassName().startsWith("com.gymcoach"))
                  .findFirst()
                  .ifPresent(ours -> BLOCKED.add(method + " under " + ours));
            })
        .install();
  }

  private static boolean isTheSdks(Thread thread) {
    return thread.getName().startsWith("sdk-async-response")
        || thread.getName().startsWith("aws-java-sdk-NettyEventLoop");
  }

  @AfterAll
  static void stop() {
    CLIENT.close();
    BEDROCK.close();
  }

  private static BedrockCache cache() {
    return BedrockCache.builder().store(Dynamo.Kind.ASYNC.store(TABLE).build()).build();
  }

  private static Message message(String text) {
    return Message.builder().role("user").content(ContentBlock.fromText(text)).build();
  }

  private static CompletableFuture<?> converse(BedrockCache cache, String text) {
    return CachingBedrockAsyncClient.create(CLIENT, cache)
        .forScope(CacheScope.user("alice").endpoint("chat"))
        .converse(r -> r.modelId("amazon.nova-lite-v1:0").messages(message(text)));
  }

  private static CompletableFuture<?> stream(BedrockCache cache, String text) {
    return CachingBedrockAsyncClient.create(CLIENT, cache)
        .forScope(CacheScope.user("alice").endpoint("chat"))
        .converseStream(
            r -> r.modelId("amazon.nova-lite-v1:0").messages(message(text)),
            ConverseStreamResponseHandler.builder().subscriber(event -> {}).build());
  }

  /** Misses, followers, hot hits, and warm hits by another instance. */
  private static void allWays(String question) {
    try (BedrockCache one = cache();
        BedrockCache other = cache()) {
      for (BedrockCache cache : List.of(one, one, other)) {
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
          calls.add(converse(cache, question));
          calls.add(stream(cache, question));
        }
        calls.forEach(CompletableFuture::join);
      }
    }
  }

  @Test
  void f64_asyncCalls_blockNoThreadOfTheSdks() {
    allWays("a first question, for which classes are loaded");
    BLOCKED.clear();
    int before = BEDROCK.requests();
    allWays("a second question");
    assertThat(BEDROCK.requests() - before).isEqualTo(2);
    assertThat(BLOCKED).isEmpty();
  }

  /** The control: the watch detects a blocking call. */
  @Test
  void control_sleepOnSuchAThread_isNoticed() {
    BLOCKED.clear();
    BEDROCK.hold(); // so that the call ends where it is to be noticed
    CompletableFuture<Void> call =
        CLIENT
            .converse(r -> r.modelId("amazon.nova-lite-v1:0").messages(message("asleep")))
            .thenAccept(response -> sleep());
    BEDROCK.release();
    call.join();
    assertThat(BLOCKED).anyMatch(method -> method.contains("sleep"));
    BLOCKED.clear();
  }

  private static void sleep() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
