package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.redis.RedisCacheStore;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Hits in Redis by a sync caller, in multiples of the bare {@code MGET} of the entry and as many
 * other keys as there are markers, by the same client. Needs the address of a server, such as
 * {@code redis://127.0.0.1:6379}, which it empties of nothing and leaves its keys in.
 */
public final class RedisRatios {
  private static final int WARM_UP = 250;
  private static final String BARE = "MGET, bare";
  private static final String HIT = "Converse, hit in Redis";
  private static final String VERIFYING = "Converse, verification";

  private RedisRatios() {}

  /** Measures, and prints a line for each kind of call. */
  public static void main(String[] args) throws IOException {
    RedisURI uri = RedisURI.create(args.length > 0 ? args[0] : "redis://127.0.0.1:6379");
    RedisClient client = RedisClient.create();
    Prompts prompts = new Prompts(2_000);
    try (StatefulRedisConnection<byte[], byte[]> connection =
            client.connect(ByteArrayCodec.INSTANCE, uri);
        BedrockCache warmCache =
            BedrockCache.builder().hotMaxBytes(0).store(store(client, uri)).build();
        BedrockCache verifyingCache =
            BedrockCache.builder()
                .invalidationDelay(Duration.ZERO)
                .store(store(client, uri))
                .build()) {
      CachingBedrockClient warm = over(warmCache);
      CachingBedrockClient verifying = over(verifyingCache);
      warm.converse(prompts.converse());
      verifying.converse(prompts.converse());
      expect(CacheSource.WARM, warm, prompts);
      expect(CacheSource.HOT, verifying, prompts);
      RedisCommands<byte[], byte[]> redis = connection.sync();
      byte[] entry = redis.keys(bytes("CACHE:*:E:chat:*")).get(0);
      byte[] marker = bytes("CACHE:{marker}");
      redis.set(marker, new byte[16]);
      Rounds rounds = new Rounds(WARM_UP, Rounds.CALLS);
      rounds.add(BARE, BARE, () -> redis.mget(entry, marker, marker));
      rounds.add(HIT, BARE, () -> warm.converse(prompts.converse()));
      rounds.add(VERIFYING, BARE, () -> verifying.converse(prompts.converse()));
      rounds.run();
      rounds.print();
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }
  }

  private static RedisCacheStore store(RedisClient client, RedisURI uri) {
    return RedisCacheStore.builder()
        .client(client, uri)
        .readBudget(Duration.ofSeconds(5))
        .writeBudget(Duration.ofSeconds(5))
        .build();
  }

  private static CachingBedrockClient over(BedrockCache cache) {
    return CachingBedrockClient.create(InstantBedrock.withRealAnswer(), cache)
        .forScope(CacheScope.user("user-42").endpoint("chat"));
  }

  private static void expect(CacheSource source, CachingBedrockClient client, Prompts prompts) {
    CacheOutcome found = CacheOutcome.of(client.converse(prompts.converse()));
    if (found.source() != source) {
      throw new IllegalStateException("Not from " + source + ": " + found);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
