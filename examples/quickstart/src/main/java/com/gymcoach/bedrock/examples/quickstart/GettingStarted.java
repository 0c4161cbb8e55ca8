package com.gymcoach.bedrock.examples.quickstart;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import java.util.List;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The code of {@code docs/getting-started.md}. A test compares the two. */
final class GettingStarted {
  private GettingStarted() {}

  /** Returns the outcomes of the page's two calls: a miss, then a hit. */
  static List<CacheOutcome> askTwice(BedrockRuntimeClient bedrockRuntime, ConverseRequest request) {
    // region wrap
    BedrockCache cache = BedrockCache.builder().build();
    CachingBedrockClient bedrock = CachingBedrockClient.create(bedrockRuntime, cache);
    // endregion
    // region ask
    CachingBedrockClient forAlice = bedrock.forScope(CacheScope.user("alice").endpoint("chat"));

    CacheOutcome first = CacheOutcome.of(forAlice.converse(request)); // MISS, ABSENT, kept
    CacheOutcome second = CacheOutcome.of(forAlice.converse(request)); // HIT from HOT, 0 s old
    // endregion
    return List.of(first, second);
  }

  /** Returns a cache with a table. */
  static BedrockCache withTable(DynamoDbClient dynamoDb) {
    // region table
    DynamoDbCacheStore store =
        DynamoDbCacheStore.builder().client(dynamoDb).tableName("bedrock-cache").build();
    List<String> problems = store.verify(); // empty if the table can be used as it is
    BedrockCache cache = BedrockCache.builder().store(store).build();
    // endregion
    if (!problems.isEmpty()) {
      throw new IllegalStateException(String.join("; ", problems));
    }
    return cache;
  }
}
