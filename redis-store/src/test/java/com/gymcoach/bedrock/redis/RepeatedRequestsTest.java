package com.gymcoach.bedrock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lettuce sends requests again whose connection broke before their replies. So a request can be
 * made twice, the second time long after it: no marker may come back by that.
 */
@Timeout(120)
class RepeatedRequestsTest {
  private static final Partition ALICE =
      new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE);
  private static final EntryAddress ADDRESS =
      new EntryAddress(ALICE, "chat", new Digest(5, 6, 7, 8));

  private static final String MARKERS =
      RedisLayout.text(new RedisLayout("CACHE:").markersKey(ALICE));

  private RedisServer server;
  private TcpProxy proxy;
  private RedisClient client;
  private RedisCommands<String, String> redis;
  private CacheStore repeating;
  private CacheStore other;

  @BeforeEach
  void start() {
    server = RedisServer.start();
    proxy = new TcpProxy(server.port());
    client = RedisClient.create();
    redis = client.connect(server.uri()).sync();
    repeating = store(proxy.port());
    other = store(server.port());
  }

  @AfterEach
  void stop() throws IOException {
    repeating.close();
    other.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    proxy.close();
    server.close();
  }

  private CacheStore store(int port) {
    return RedisCacheStore.builder()
        .client(client, RedisURI.builder(server.uri()).withPort(port).build())
        .readBudget(Duration.ofSeconds(10))
        .writeBudget(Duration.ofSeconds(10))
        .probeInterval(Duration.ofSeconds(1)) // the least
        .build();
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static Markers markers(CacheStore from) {
    return Objects.requireNonNull(get(from.read(new StoreQuery(ADDRESS, false, false))).markers());
  }

  private static Instant later() {
    return Instant.now().plusSeconds(3600);
  }

  /** Sends a request whose reply is lost, and returns once Redis has done it. */
  private void loseReplyTo(Script script, Runnable request, BooleanSupplier isDone)
      throws IOException {
    redis.scriptLoad(script.text()); // so that the first request is the one that is done
    Await.until("it is connected", () -> proxy.connections() > 0);
    proxy.loseRepliesTo(script.digest());
    request.run();
    Await.until("Redis has done it", isDone);
    proxy.leave();
  }

  private void reconnect() {
    proxy.play(TcpProxy.Mode.HEALTHY);
    Await.until(
        "it is connected again, and what was unanswered has been sent again",
        () ->
            repeating
                .read(new StoreQuery(ADDRESS, false, false))
                .handle((read, failure) -> failure == null)
                .toCompletableFuture()
                .join());
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "chat")
  void mark_whenItIsSentAgain_doesNotUndoTheNextInvalidation(@Nullable String endpoint)
      throws IOException {
    Markers before = markers(repeating);
    loseReplyTo(
        Script.MARK,
        () -> repeating.mark(ALICE, endpoint, new Marker(1, 1), later()),
        () -> !markers(other).equals(before));
    Markers made = markers(other); // of entries made before the next invalidation
    get(other.mark(ALICE, endpoint, new Marker(2, 2), later()));
    reconnect();
    assertThat(markers(other)).isNotEqualTo(made).isEqualTo(markers(repeating));
  }

  /** Nothing is lost in between: the marker that was set the first time is in force. */
  @Test
  void mark_whenItIsSentAgainAfterNothingElse_isInForce() throws IOException {
    Markers before = markers(repeating);
    loseReplyTo(
        Script.MARK,
        () -> repeating.mark(ALICE, null, new Marker(1, 1), later()),
        () -> !markers(other).equals(before));
    reconnect();
    assertThat(markers(other).scope()).isEqualTo(new Marker(1, 1));
  }

  @Test
  void read_whoseFirstMarkerIsSentAgainAfterItWasLost_givesAnother() throws IOException {
    loseReplyTo(
        Script.OPEN,
        () -> repeating.read(new StoreQuery(ADDRESS, false, false)),
        () -> redis.exists(MARKERS) == 1);
    Markers made = markers(other);
    redis.del(MARKERS); // evicted
    reconnect();
    assertThat(markers(other).scope()).isNotEqualTo(made.scope());
  }

  @Test
  void write_whichGivesAFirstMarkerAndIsSentAgainAfterItWasLost_givesAnother() throws IOException {
    loseReplyTo(
        Script.WRITE,
        () -> repeating.write(ADDRESS, new byte[] {1}, later()),
        () -> redis.exists(MARKERS) == 1);
    Markers made = markers(other);
    redis.del(MARKERS);
    reconnect();
    assertThat(markers(other).scope()).isNotEqualTo(made.scope());
  }
}
