package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Builds the store in DynamoDB. Loaded only where its module is on the class path. */
final class StoreFactory {
  private StoreFactory() {}

  /**
   * Returns the store on the application's client: the sync one if it has both.
   *
   * @throws InvalidSettingException if there is no client, or the table's name cannot be used
   */
  static CacheStore create(
      String table, BedrockCacheProperties.Dynamodb settings, ApplicationContext context) {
    DynamoDbCacheStore.Builder builder = DynamoDbCacheStore.builder();
    DynamoDbClient sync = CacheFactory.only(context, DynamoDbClient.class);
    DynamoDbAsyncClient async =
        sync == null ? CacheFactory.only(context, DynamoDbAsyncClient.class) : null;
    if (sync != null) {
      builder.client(sync);
    } else if (async != null) {
      builder.client(async);
    } else {
      throw InvalidSettingException.ofProperty(
          CacheFactory.DYNAMODB_TABLE,
          "there is no bean of type DynamoDbClient or DynamoDbAsyncClient.",
          "Define one, or remove the property to cache in memory only.");
    }
    budget("read-budget", settings.readBudget(), builder::readBudget);
    budget("write-budget", settings.writeBudget(), builder::writeBudget);
    try {
      return builder.tableName(table).build();
    } catch (IllegalArgumentException e) {
      throw InvalidSettingException.refused("The property " + CacheFactory.DYNAMODB_TABLE, e);
    }
  }

  private static void budget(
      String name, @Nullable Duration value, Function<Duration, DynamoDbCacheStore.Builder> set) {
    if (value != null) {
      CacheFactory.check(CacheFactory.PREFIX + "dynamodb." + name, () -> set.apply(value));
    }
  }
}
