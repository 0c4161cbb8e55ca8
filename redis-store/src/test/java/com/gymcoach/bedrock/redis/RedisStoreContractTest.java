package com.gymcoach.bedrock.redis;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.testkit.CacheStoreContract;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

@TestInstance(Lifecycle.PER_CLASS)
class RedisStoreContractTest extends CacheStoreContract {
  private RedisServer server;
  private RedisClient client;
  private boolean broken;

  @BeforeAll
  void start() {
    server = RedisServer.start();
    client = RedisClient.create();
  }

  @AfterAll
  void stop() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    server.close();
  }

  @AfterEach
  void repair() {
    if (broken) {
      server.restart();
      broken = false;
    }
  }

  @Override
  protected CacheStore createStore() {
    return RedisCacheStore.builder()
        .client(client, server.uri())
        .readBudget(Duration.ofSeconds(5))
        .writeBudget(Duration.ofSeconds(5))
        .build();
  }

  @Override
  protected CacheStore createSecondStore() {
    return createStore();
  }

  @Override
  protected boolean breakBackend() {
    server.kill();
    broken = true;
    return true;
  }

  @Override
  protected boolean markNamespace(String namespace, Marker marker) {
    try (StatefulRedisConnection<byte[], byte[]> connection =
        client.connect(ByteArrayCodec.INSTANCE, server.uri())) {
      byte[] key = new RedisLayout("CACHE:").namespaceKey(namespace);
      String info = connection.sync().info();
      String run =
          info.replaceAll("(?s).*run_id:([0-9a-f]+).*", "$1")
              + info.replaceAll("(?s).*master_replid:([0-9a-f]+).*", "$1");
      connection
          .sync()
          .hset(
              key,
              Map.of(
                  RedisLayout.bytes("s"),
                  marker.bytes(),
                  RedisLayout.bytes("r"),
                  RedisLayout.bytes(run)));
      return true;
    }
  }
}
