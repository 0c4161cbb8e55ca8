package com.gymcoach.bedrock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The connection in unusual order: no threads, clients that are shut down, links given up. */
@Timeout(120)
class LinksTest {
  private static final EntryAddress ADDRESS =
      new EntryAddress(
          new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE),
          "chat",
          new Digest(5, 6, 7, 8));

  private RedisServer server;
  private RedisClient client;

  @BeforeEach
  void start() {
    server = RedisServer.start();
    client = RedisClient.create();
  }

  @AfterEach
  void stop() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    server.close();
  }

  private Links links(Executor threads) {
    return new Links(() -> Link.to(client, server.uri()), threads);
  }

  private static boolean works(Links links) {
    return links.get().handle((link, failure) -> failure == null && link.isOpen()).join();
  }

  /** A process may have no more threads for a while. */
  @Test
  void get_whenThereIsNoThread_failsAndWorksOnceThereIs() {
    boolean[] full = {true};
    Links links =
        links(
            task -> {
              if (full[0]) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              task.run();
            });
    assertThat(links.get()).failsWithin(Duration.ofSeconds(5));
    full[0] = false;
    assertThat(works(links)).isTrue();
    links.close();
  }

  @Test
  void replace_ofALinkThatIsNoLongerInUse_leavesTheOneInUse() {
    Links links = links(Runnable::run);
    Link first = links.get().join();
    links.replace(first);
    Link second = links.get().join();
    assertThat(second).isNotSameAs(first);
    Await.until("the first is closed", () -> !first.isOpen());
    links.replace(first);
    assertThat(links.get().join()).isSameAs(second);
    links.close();
    Await.until("the second is closed", () -> !second.isOpen());
  }

  @Test
  void close_whileItConnects_closesWhatIsMadeThen() {
    CompletableFuture<Link> making = new CompletableFuture<>();
    Links links = new Links(() -> making, Runnable::run);
    CompletableFuture<Link> waiting = links.get();
    links.close();
    assertThat(waiting).isCompletedExceptionally();
    Link late = Link.to(client, server.uri()).toCompletableFuture().join();
    making.complete(late);
    Await.until("it is closed", () -> !late.isOpen());
  }

  @Test
  void get_whenClosed_makesNoConnectionThatStays() {
    Links links = links(Runnable::run);
    links.close();
    assertThat(links.get().handle((link, failure) -> failure == null && link.isOpen()).join())
        .isFalse();
  }

  /** A service may close its client first, by mistake. */
  @Test
  void close_afterTheClient_throwsNothing() {
    RedisCacheStore store = RedisCacheStore.builder().client(client, server.uri()).build();
    assertThat(store.verify()).isEmpty();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    assertThatCode(store::close).doesNotThrowAnyException();
    assertThatCode(store::close).doesNotThrowAnyException();
  }

  /** Callers do not wait for a reply that can no longer come, and no thread stays. */
  @Test
  void close_duringALookUpAndAnInvalidation_endsThemAndTheThreads() throws Exception {
    Set<Thread> before = storeThreads();
    try (TcpProxy proxy = new TcpProxy(server.port())) {
      RedisCacheStore store =
          RedisCacheStore.builder()
              .client(client, RedisURI.builder(server.uri()).withPort(proxy.port()).build())
              .readBudget(Duration.ofMinutes(5))
              .build();
      assertThat(store.verify()).isEmpty();
      proxy.play(TcpProxy.Mode.SILENT);
      CompletableFuture<StoreRead> read =
          store.read(new StoreQuery(ADDRESS, true, true)).toCompletableFuture();
      CompletableFuture<Void> mark =
          store
              .mark(ADDRESS.partition(), null, Marker.random(), Instant.now().plusSeconds(60))
              .toCompletableFuture();
      assertThat(read).isNotDone();
      store.close();
      assertThat(read).failsWithin(Duration.ofSeconds(20));
      assertThat(mark).failsWithin(Duration.ofSeconds(20));
      Await.until("the store's threads have ended", () -> before.containsAll(storeThreads()));
    }
  }

  private static Set<Thread> storeThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("bedrock-cache-redis"))
        .collect(Collectors.toSet());
  }

  /** A caller that gives up its own look-up takes nothing from the others. */
  @Test
  void cancel_ofOneCallersStages_leavesTheConnection() {
    try (RedisCacheStore store =
        RedisCacheStore.builder()
            .client(client, server.uri())
            .readBudget(Duration.ofSeconds(10))
            .build()) {
      StoreQuery query = new StoreQuery(ADDRESS, true, true);
      for (int i = 0; i < 20; i++) {
        store.read(query).toCompletableFuture().cancel(true);
        store.readForBlockedCaller(query, null).toCompletableFuture().cancel(true);
      }
      assertThat(store.read(query).toCompletableFuture()).succeedsWithin(Duration.ofSeconds(20));
    }
  }
}
