package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** One of the processes that share the table, simulated in this JVM: its own cache and clients. */
record Instance(int number, BedrockCache cache, DynamoDbClient dynamoDb, Clients clients)
    implements AutoCloseable {

  /**
   * Starts an instance.
   *
   * @param namespace differs for each run, so that no run finds another's answers
   * @param sink receives the cache's events
   * @param around wraps the sync client; tests break it there
   */
  static Instance start(
      int number,
      Options options,
      ServersProcess servers,
      String namespace,
      MetricsSink sink,
      UnaryOperator<BedrockRuntimeClient> around) {
    DynamoDbClient dynamoDb = Clients.dynamoDb(servers.dynamoDb());
    BedrockCache cache =
        BedrockCache.builder()
            .namespace(namespace)
            .ttlPolicy(TtlPolicy.byEndpoint(options.ttls))
            .invalidationDelay(options.bound)
            .maxUnverified(options.bound) // else the bound would not hold while DynamoDB is down
            .hotMaxBytes(options.hotBytes)
            .ignoredOverrides(Stamp.USER_HEADER)
            .metricsSink(sink)
            .store(
                DynamoDbCacheStore.builder()
                    .client(dynamoDb)
                    .tableName(Servers.TABLE)
                    .readBudget(options.readBudget)
                    .build())
            .build();
    Clients bare = Clients.bare(servers.bedrock());
    return new Instance(
        number,
        cache,
        dynamoDb,
        new Clients(
            around.apply(CachingBedrockClient.create(bare.sync(), cache)),
            CachingBedrockAsyncClient.create(bare.async(), cache)));
  }

  /** Returns the number of faults of a kind. */
  long faults(CacheFault fault) {
    return cache.stats().faults().getOrDefault(fault, 0L);
  }

  @Override
  public void close() {
    cache.close();
    clients.close();
    dynamoDb.close();
  }
}
