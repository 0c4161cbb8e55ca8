package com.gymcoach.bedrock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection that returns the reply to another user's request, as a desynchronised one does. */
@Timeout(120)
class ForeignReplyTest {
  private static final RedisLayout LAYOUT = new RedisLayout("CACHE:");

  private RedisServer server;
  private RedisClient client;
  private Links links;
  private volatile boolean swaps;

  @BeforeEach
  void start() {
    server = RedisServer.start();
    client = RedisClient.create();
    links = new Links(() -> Link.to(client, server.uri()).thenApply(this::swapping), Runnable::run);
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

  /** Returns the same connection, whose scripts get the keys of another user. */
  private Link swapping(Link real) {
    Object commands =
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {RedisClusterAsyncCommands.class},
            (proxy, method, args) -> {
              if (swaps && method.getName().startsWith("eval")) {
                args[2] =
                    new byte[][] {LAYOUT.markersKey(of(2).partition()), LAYOUT.entryKey(of(2))};
              }
              return method.invoke(real.commands(), args);
            });
    @SuppressWarnings("unchecked") // a proxy of this interface
    RedisClusterAsyncCommands<byte[], byte[]> swapped =
        (RedisClusterAsyncCommands<byte[], byte[]>) commands;
    return new Link(real.connection(), swapped, real.atNodeOf());
  }

  @Test
  void s_a_f15_replyToAnotherRequest_isAFailure() {
    LookUp lookUp = new LookUp(LAYOUT, new Scripts(links, false), 1_000);
    List<StoreQuery> alice = List.of(new StoreQuery(of(1), true, false));
    List<StoreRead> before = lookUp.read(alice).join();
    assertThat(before.get(0).markers()).isNotNull();
    swaps = true;
    CompletableFuture<List<StoreRead>> foreign = lookUp.read(alice);
    assertThat(foreign)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining("Redis replied to another request");
  }
}
