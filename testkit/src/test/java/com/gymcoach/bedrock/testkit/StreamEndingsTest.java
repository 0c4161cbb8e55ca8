package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.testkit.StreamScript.Caller;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.crt.AwsCrtAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/**
 * Streams that end badly or early, bare and through the cache, over the SDK's HTTP clients: the
 * caller's handler and subscriber hear the same, in the same order.
 */
@Timeout(300)
class StreamEndingsTest {
  /** The SDK's HTTP client. */
  enum Http {
    NETTY,
    CRT
  }

  private static final Map<Http, SdkAsyncHttpClient> WIRES =
      Map.of(
          Http.NETTY, NettyNioAsyncHttpClient.create(), Http.CRT, AwsCrtAsyncHttpClient.create());

  /** How the caller comes by its stream. */
  enum Place {
    BARE,
    LEADER,
    LEADER_WITH_FOLLOWER,
    FOLLOWER,
    HOT_HIT,
    WARM_HIT;

    boolean leads() {
      return this == LEADER || this == LEADER_WITH_FOLLOWER;
    }
  }

  /** The calls of the handler, and the class of the future's failure. */
  record Ending(List<String> heard, String failure) {}

  @AfterAll
  static void close() {
    WIRES.values().forEach(SdkAsyncHttpClient::close);
  }

  static List<Arguments> cells() {
    List<Arguments> cells = new ArrayList<>();
    for (Http http : Http.values()) {
      for (StreamScript script : StreamScript.values()) {
        for (Place place : Place.values()) {
          if (place != Place.BARE && isComparable(http, script, place)) {
            cells.add(Arguments.of(http, script, place));
          }
        }
      }
    }
    return cells;
  }

  /**
   * Returns whether the bare client tells the same story each time, and the one that a copy tells
   * whatever the client.
   */
  private static boolean isComparable(Http http, StreamScript script, Place place) {
    return switch (script) {
      case SUBSCRIPTION_CANCELLED, ON_EVENT_STREAM_THROWS -> true;
      case BEDROCK_FAILS -> place.leads();
      // CRT tells the handler and the subscriber on two threads, in either order.
      case FUTURE_CANCELLED, FUTURE_FAILED -> http == Http.NETTY;
      // Netty's publisher then sends nothing to its first subscriber.
      case SUBSCRIBED_TWICE -> http == Http.CRT;
      // Netty's publisher tells of a normal end, sometimes after an event.
      case ON_EVENT_STREAM_THROWS_WHEN_SUBSCRIBED -> http == Http.CRT;
    };
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("cells")
  void story_whenAStreamEndsBadlyOrEarly_isTheBareClients(
      Http http, StreamScript script, Place place) throws Exception {
    Ending bare = play(http, script, Place.BARE);
    Ending cached = play(http, script, place);
    if (place == Place.LEADER) {
      assertThat(cached.heard).isEqualTo(bare.heard); // by the class of what it failed with
    } else {
      assertThat(kinds(cached.heard)).isEqualTo(kinds(bare.heard));
    }
    assertThat(cached.failure).isEqualTo(bare.failure);
  }

  private static List<String> kinds(List<String> heard) {
    return heard.stream().map(one -> one.split(" ", 2)[0]).toList();
  }

  private static Ending play(Http http, StreamScript script, Place place) throws Exception {
    InMemoryCacheStore store = new InMemoryCacheStore();
    try (StreamServer server = new StreamServer();
        BedrockRuntimeAsyncClient bare = client(http, server.endpoint());
        BedrockCache first = BedrockCache.builder().store(store).build();
        BedrockCache second = BedrockCache.builder().store(store).build();
        BedrockCache without = BedrockCache.builder().build()) {
      if (place == Place.HOT_HIT || place == Place.WARM_HIT) {
        ask(over(bare, first), new Caller(null)).get(60, TimeUnit.SECONDS);
        while (store.writes() == 0) {
          Thread.onSpinWait();
        }
      }
      server.pause(script == StreamScript.BEDROCK_FAILS);
      BedrockRuntimeAsyncClient client =
          switch (place) {
            case BARE -> bare;
            case HOT_HIT -> over(bare, first);
            case WARM_HIT -> over(bare, second);
            case LEADER, LEADER_WITH_FOLLOWER, FOLLOWER -> over(bare, without);
          };
      return play(script, place, server, client);
    }
  }

  private static Ending play(
      StreamScript script, Place place, StreamServer server, BedrockRuntimeAsyncClient client)
      throws Exception {
    if (place == Place.FOLLOWER) {
      CompletableFuture<Void> leader = ask(client, new Caller(null));
      assertThat(leader).isNotDone();
    }
    Caller caller = new Caller(script);
    CompletableFuture<Void> call = ask(client, caller);
    if (place == Place.LEADER_WITH_FOLLOWER) {
      CompletableFuture<Void> follower = ask(client, new Caller(null));
      assertThat(follower).isNotDone();
    }
    server.begin();
    if (place == Place.FOLLOWER || script == StreamScript.BEDROCK_FAILS) {
      server.goOn();
    }
    caller.end(call);
    Throwable failure = call.handle((nothing, thrown) -> bare(thrown)).get(60, TimeUnit.SECONDS);
    return new Ending(caller.heard(), failure == null ? "none" : failure.getClass().getName());
  }

  /** The SDK returns a dependent stage, which wraps what it fails with. */
  private static @Nullable Throwable bare(@Nullable Throwable thrown) {
    Throwable cause = thrown == null ? null : thrown.getCause();
    return thrown instanceof CompletionException && cause != null ? cause : thrown;
  }

  private static BedrockRuntimeAsyncClient client(Http http, URI endpoint) {
    return BedrockRuntimeAsyncClient.builder()
        .httpClient(WIRES.get(http))
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry()))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
        .build();
  }

  private static CompletableFuture<Void> ask(BedrockRuntimeAsyncClient client, Caller caller) {
    return client.converseStream(
        ConverseStreamRequest.builder()
            .modelId("amazon.nova-micro-v1:0")
            .messages(
                Message.builder()
                    .role(ConversationRole.USER)
                    .content(ContentBlock.fromText("How deep?"))
                    .build())
            .build(),
        caller);
  }

  private static BedrockRuntimeAsyncClient over(
      BedrockRuntimeAsyncClient bare, BedrockCache cache) {
    return CachingBedrockAsyncClient.create(bare, cache).forScope(CacheScope.shared());
  }
}
