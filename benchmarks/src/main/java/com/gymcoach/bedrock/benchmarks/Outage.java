package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What callers pay when the table takes connections and never says anything. */
public final class Outage {
  private static final int CALLS = 5_000;

  private Outage() {}

  /** Measures and prints. */
  public static void main(String[] args) throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    try (ServerSocket silent = new ServerSocket(0, 1_000, loopback);
        DynamoDbClient dynamoDb =
            WarmHit.apache5(URI.create("http://127.0.0.1:" + silent.getLocalPort()));
        BedrockCache cache =
            BedrockCache.builder()
                .hotMaxBytes(0)
                .store(DynamoDbCacheStore.builder().client(dynamoDb).tableName("table").build())
                .build()) {
      CachingBedrockClient bedrock =
          CachingBedrockClient.create(new InstantBedrock(), cache)
              .forScope(CacheScope.user("user-42").endpoint("chat"));
      Prompts prompts = new Prompts(2_000);
      long[] took = new long[CALLS];
      int paid = 0;
      for (int i = 0; i < CALLS; i++) {
        prompts.number(i);
        long start = System.nanoTime();
        bedrock.converse(prompts.converse());
        took[i] = System.nanoTime() - start;
        paid += took[i] > Duration.ofMillis(40).toNanos() ? 1 : 0;
      }
      long[] later = Arrays.copyOfRange(took, 100, CALLS);
      Arrays.sort(later);
      System.out.printf(
          "A table that never answers, %d calls one by one: %d paid the budget of 50 ms; of the"
              + " others after the first 100 the median took %.1f us, the 99th percentile %.1f us%n",
          CALLS, paid, later[later.length / 2] / 1e3, later[later.length * 99 / 100] / 1e3);
    }
  }
}
