package com.gymcoach.bedrock.redis;

import static com.gymcoach.bedrock.redis.Asking.count;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.redis.Asking.Way;
import com.gymcoach.bedrock.redis.TcpProxy.Mode;
import com.gymcoach.bedrock.testkit.ManualTime;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A Redis that fails: every caller gets Bedrock's answer, few wait for it, and the store is used
 * again once Redis is back.
 */
@Timeout(120)
class OutageTest {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  /** The most calls that pay a budget in an outage. */
  private static final int FEW = 20;

  private final ManualTime time = ManualTime.startingAt(Instant.now());
  private final List<AutoCloseable> open = new ArrayList<>();
  private RedisServer server;
  private TcpProxy proxy;
  private RedisClient client;

  @BeforeEach
  void start() {
    server = RedisServer.start();
    proxy = new TcpProxy(server.port());
    client = RedisClient.create();
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    proxy.close();
    server.close();
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(0, closeable);
    return closeable;
  }

  private BedrockCache cache(int port, Duration budget) {
    RedisURI uri =
        RedisURI.builder().withHost("127.0.0.1").withPort(port).withTimeout(INTERVAL).build();
    return closing(
        BedrockCache.builder()
            .hotMaxBytes(0)
            .timeSource(time)
            .store(
                RedisCacheStore.builder()
                    .client(client, uri)
                    .firstReadBudget(budget)
                    .readBudget(budget)
                    .writeBudget(budget)
                    .timeSource(time)
                    .build())
            .build());
  }

  private BedrockCache patient() {
    return cache(server.port(), Duration.ofSeconds(10));
  }

  private static long paid(BedrockCache cache) {
    return count(cache, CacheFault.STORE_READ_TIMEOUT) + count(cache, CacheFault.STORE_READ_FAILED);
  }

  private static void askAtOnce(Asking asking, BedrockCache cache, int callers) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      List<Future<String>> calls = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        String question = "at once " + i;
        calls.add(threads.submit(() -> asking.ask(cache, question)));
      }
      for (Future<String> call : calls) {
        assertThat(call.get(60, TimeUnit.SECONDS)).isNotEmpty();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Asks until the store is used: the probe runs in the background. */
  private void recovers(Asking asking, BedrockCache cache) {
    int[] asked = new int[1];
    Await.until(
        "the store is used again",
        () -> {
          time.advance(INTERVAL);
          var before = cache.stats().faults();
          asking.ask(cache, "used? " + asked[0]++);
          return cache.stats().faults().equals(before);
        });
    String after = asking.ask(cache, "after");
    assertThat(asking.ask(patient(), "after")).isEqualTo(after);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void f06_silentServer_atMost20CallsPayAndTheConnectionIsReplaced(Way way) throws Exception {
    Asking asking = closing(new Asking(way));
    BedrockCache cache = cache(proxy.port(), Duration.ofMillis(200));
    Await.until("it is connected", () -> proxy.connections() > 0);
    asking.ask(cache, "before");
    proxy.play(Mode.SILENT);
    askAtOnce(asking, cache, FEW / 2);
    for (int i = 0; i < 200; i++) {
      assertThat(asking.ask(cache, "open " + i)).isNotEmpty();
    }
    assertThat(paid(cache)).isBetween(4L, (long) FEW);
    assertThat(cache.storeAvailable()).isFalse();
    int connections = proxy.connections();
    time.advance(INTERVAL);
    asking.ask(cache, "probe");
    Await.until( // the old one stays open: nothing on it would ever be answered
        "another connection is tried",
        () -> {
          time.advance(INTERVAL);
          asking.ask(cache, "next probe " + time.nanoTime());
          return proxy.connections() > connections;
        });
    proxy.play(Mode.HEALTHY);
    recovers(asking, cache);
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"HALF_AN_ANSWER", "GARBAGE", "SLOW", "RESET"})
  void f02_f12_brokenReplies_costNoCallerItsAnswer(Mode mode) throws Exception {
    for (Way way : Way.values()) {
      Asking asking = closing(new Asking(way));
      BedrockCache cache = cache(proxy.port(), Duration.ofMillis(100));
      proxy.play(mode);
      for (int i = 0; i < 40; i++) {
        assertThat(asking.ask(cache, mode + " " + i)).isEqualTo(Integer.toString(i + 1));
      }
      assertThat(asking.answered()).isEqualTo(40); // each caller asked Bedrock once
      assertThat(paid(cache)).isBetween(1L, (long) FEW);
      proxy.play(Mode.HEALTHY);
      recovers(asking, cache);
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void f07_serverKilledAndRestarted_isUsedAgain(Way way) throws Exception {
    Asking asking = closing(new Asking(way));
    BedrockCache cache = cache(server.port(), Duration.ofSeconds(2));
    String before = asking.ask(cache, "before");
    assertThat(asking.ask(cache, "before")).isEqualTo(before);
    server.kill();
    for (int i = 0; i < 50; i++) {
      assertThat(asking.ask(cache, "down " + i)).isNotEmpty();
    }
    assertThat(paid(cache)).isBetween(1L, (long) FEW);
    server.restart();
    recovers(asking, cache);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void f07_serverIsDownAtTheStart_isUsedOnceItIsUp(Way way) throws Exception {
    server.kill();
    Asking asking = closing(new Asking(way));
    BedrockCache cache = cache(server.port(), Duration.ofSeconds(2));
    for (int i = 0; i < 50; i++) {
      assertThat(asking.ask(cache, "down " + i)).isNotEmpty();
    }
    assertThat(paid(cache)).isBetween(1L, (long) FEW);
    server.restart();
    recovers(asking, cache);
  }
}
