package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.dynamodb.TableLayout.AttributeNames;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Creates a table for the cache, for development and tests. In production, use a template. */
public final class CacheTable {
  private static final AttributeNames NAMES = AttributeNames.DEFAULT;

  private CacheTable() {}

  /**
   * Creates a table with the defaults of {@link DynamoDbCacheStore}: on-demand, keys {@code PK} and
   * {@code SK}, TTL on {@code ttl}. Blocks until the table can be used. A table that already exists
   * is not changed.
   *
   * @param client the client to create the table with; it is not closed
   * @return whether the table was created; false if it already existed
   * @throws software.amazon.awssdk.core.exception.SdkException if it could not be created
   */
  public static boolean create(DynamoDbClient client, String tableName) {
    try {
      client.createTable(
          table ->
              table
                  .tableName(tableName)
                  .billingMode(BillingMode.PAY_PER_REQUEST)
                  .keySchema(key(NAMES.pk(), KeyType.HASH), key(NAMES.sk(), KeyType.RANGE))
                  .attributeDefinitions(string(NAMES.pk()), string(NAMES.sk())));
    } catch (ResourceInUseException exists) { // reported as false
      return false;
    }
    client.waiter().waitUntilTableExists(table -> table.tableName(tableName));
    client.updateTimeToLive(
        table ->
            table
                .tableName(tableName)
                .timeToLiveSpecification(ttl -> ttl.enabled(true).attributeName(NAMES.ttl())));
    return true;
  }

  static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  static AttributeDefinition string(String name) {
    return AttributeDefinition.builder()
        .attributeName(name)
        .attributeType(ScalarAttributeType.S)
        .build();
  }
}
