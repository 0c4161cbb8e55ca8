package com.gymcoach.bedrock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection that returns the replies to other requests, as one that is out of step does. */
@Timeout(120)
class ForeignReplyTest {
  private static final RedisLayout LAYOUT = new RedisLayout("CACHE:");

  private RedisServer server;
  private RedisClient client;
  private Links links;
  private Scripts scripts;
  private LookUp lookUp;
  private volatile boolean shifts;
  private volatile @Nullable Object last;

  @BeforeEach
  void start() {
    server = RedisServer.start();
    client = RedisClient.create();
    links = new Links(() -> Link.to(client, server.uri()).thenApply(this::shifting), Runnable::run);
    scripts = new Scripts(links, false);
    lookUp = new LookUp(LAYOUT, scripts, new Marks(LAYOUT, scripts), 1_000);
  }

  @AfterEach
  void stop() {
    links.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    server.close();
  }

  private static EntryAddress of(long user) {
    Partition partition = new Partition("default", new Digest(user, 2, 3, 4), Partition.WHOLE);
    return new EntryAddress(partition, "chat", new Digest(1, 2, 3, 4));
  }

  /** Returns the same connection, on which each reply arrives for the request after its own. */
  private Link shifting(Link real) {
    Object commands =
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {RedisClusterAsyncCommands.class},
            (proxy, method, args) -> {
              Object reply = method.invoke(real.commands(), args);
              Object earlier = last;
              last = reply;
              return shifts && earlier != null ? earlier : reply;
            });
    @SuppressWarnings("unchecked") // a proxy of this interface
    RedisClusterAsyncCommands<byte[], byte[]> shifted =
        (RedisClusterAsyncCommands<byte[], byte[]>) commands;
    return new Link(real.connection(), shifted, real.atNodeOf());
  }

  private CompletableFuture<List<StoreRead>> read(long user) {
    return lookUp.read(List.of(new StoreQuery(of(user), true, false)));
  }

  private static void assertFails(CompletableFuture<?> foreign) {
    assertThat(foreign)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining("Redis replied to another request");
  }

  @Test
  void s_a_f15_replyToAnotherUsersRequest_isAFailure() {
    assertThat(read(1).join().get(0).markers()).isNotNull();
    assertThat(read(2).join().get(0).markers()).isNotNull();
    shifts = true;
    assertFails(read(1));
  }

  /** Its markers may be those from before an invalidation. */
  @Test
  void s_a_f15_replyToAnEarlierRequestOfTheSameKeys_isAFailure() {
    assertThat(read(1).join().get(0).markers()).isNotNull();
    assertThat(read(1).join().get(0).markers()).isNotNull();
    shifts = true;
    assertFails(read(1));
  }

  /** Another request's success does not put a marker in force. */
  @Test
  void s_a_f15_markThatGetsTheReplyToAnother_isAFailure() {
    Marks marks = new Marks(LAYOUT, scripts);
    Instant later = Instant.now().plusSeconds(60);
    marks.put(of(1).partition(), null, new Marker(1, 1), later).join();
    shifts = true;
    assertFails(marks.put(of(1).partition(), null, new Marker(2, 2), later));
  }
}
