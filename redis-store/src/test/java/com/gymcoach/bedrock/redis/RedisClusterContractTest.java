package com.gymcoach.bedrock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.testkit.CacheStoreContract;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** A cluster of three servers: partitions and their namespace are on different ones. */
@TestInstance(Lifecycle.PER_CLASS)
class RedisClusterContractTest extends CacheStoreContract {
  private static final int SLOTS = 16_384;

  private final List<RedisServer> servers = new ArrayList<>();
  private RedisClusterClient cluster;

  @BeforeAll
  void start() {
    RedisClient client = RedisClient.create();
    List<RedisCommands<String, String>> nodes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      RedisServer server = RedisServer.start("--cluster-enabled", "yes");
      servers.add(server);
      RedisCommands<String, String> node = client.connect(server.uri()).sync();
      nodes.add(node);
      int[] slots = new int[SLOTS / 3 + (i == 2 ? SLOTS % 3 : 0)];
      for (int slot = 0; slot < slots.length; slot++) {
        slots[slot] = i * (SLOTS / 3) + slot;
      }
      node.clusterAddSlots(slots);
      node.clusterSetConfigEpoch(i + 1);
    }
    for (RedisServer other : servers.subList(1, 3)) {
      nodes.get(0).clusterMeet("127.0.0.1", other.port());
    }
    for (RedisCommands<String, String> node : nodes) {
      Await.until(
          "the cluster is complete",
          () ->
              node.clusterInfo().contains("cluster_state:ok")
                  && node.clusterInfo().contains("cluster_known_nodes:3"));
    }
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    cluster = RedisClusterClient.create(servers.get(0).uri());
  }

  @AfterAll
  void stop() {
    if (cluster != null) {
      cluster.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }
    servers.forEach(RedisServer::close);
  }

  private RedisCacheStore store() {
    return RedisCacheStore.builder()
        .client(cluster)
        .readBudget(Duration.ofSeconds(5))
        .writeBudget(Duration.ofSeconds(5))
        .build();
  }

  @Override
  protected CacheStore createStore() {
    return store();
  }

  @Override
  protected CacheStore createSecondStore() {
    return store();
  }

  @Test
  void verify_ofACluster_findsNoProblem() {
    try (RedisCacheStore store = store()) {
      assertThat(store.verify()).isEmpty();
    }
  }

  /** The keys of a partition lie on one node, and are searched there. */
  @Test
  void deleteAll_whenIndexesWereLost_searchesTheNodeOfEachPartition() {
    RedisLayout layout = new RedisLayout("CACHE:");
    try (RedisCacheStore store = store();
        var connection = cluster.connect(ByteArrayCodec.INSTANCE)) {
      for (int user = 0; user < 12; user++) {
        Partition partition = new Partition("default", new Digest(user, 2, 3, 4), Partition.WHOLE);
        EntryAddress address = new EntryAddress(partition, "chat", new Digest(1, user, 3, 4));
        Instant soon = Instant.now().plusSeconds(60);
        store.write(address, new byte[] {1}, soon).toCompletableFuture().join();
        connection.sync().del(layout.indexKey(partition));
        assertThat(store.deleteAll(partition, null).toCompletableFuture().join())
            .containsExactly(address);
      }
    }
  }
}
