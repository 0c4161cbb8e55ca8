package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.Marker;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * The one item of a namespace: its marker, and the live settings of all processes. It has no TTL,
 * because settings must not vanish.
 */
record NamespaceItem(TableLayout layout, String namespace) {

  /** Returns the request that writes the namespace's marker. */
  UpdateItemRequest.Builder mark(Marker marker) {
    return update("SET #m = :m REMOVE #t")
        .expressionAttributeNames(
            Map.of("#m", TableLayout.SCOPE_MARKER, "#t", layout.names().ttl()))
        .expressionAttributeValues(
            Map.of(":m", AttributeValue.fromB(SdkBytes.fromByteArray(marker.bytes()))));
  }

  /** Returns the request that writes the live settings, or removes them if the text is empty. */
  UpdateItemRequest.Builder write(String settings) {
    UpdateItemRequest.Builder update =
        update(settings.isEmpty() ? "REMOVE #c, #t" : "SET #c = :c REMOVE #t")
            .expressionAttributeNames(
                Map.of("#c", TableLayout.SETTINGS, "#t", layout.names().ttl()));
    return settings.isEmpty()
        ? update
        : update.expressionAttributeValues(Map.of(":c", AttributeValue.fromS(settings)));
  }

  private UpdateItemRequest.Builder update(String expression) {
    return UpdateItemRequest.builder()
        .tableName(layout.table())
        .key(layout.namespaceKey(namespace))
        .updateExpression(expression);
  }

  /** Returns the request that reads the live settings, with what a service's role may do. */
  BatchGetItemRequest.Builder read() {
    KeysAndAttributes item =
        KeysAndAttributes.builder()
            .keys(List.of(layout.namespaceKey(namespace)))
            .consistentRead(true)
            .projectionExpression("#p, #s, #c")
            .expressionAttributeNames(
                Map.of(
                    "#p", layout.names().pk(),
                    "#s", layout.names().sk(),
                    "#c", TableLayout.SETTINGS))
            .build();
    return BatchGetItemRequest.builder().requestItems(Map.of(layout.table(), item));
  }

  /**
   * Returns the live settings in the reply.
   *
   * @throws IllegalStateException if they were not read, or are not a text
   */
  String settings(BatchGetItemResponse reply) {
    if (!reply.unprocessedKeys().isEmpty()) {
      throw new IllegalStateException("DynamoDB left the read of the live settings unprocessed");
    }
    Map<String, AttributeValue> key = layout.namespaceKey(namespace);
    Map<String, AttributeValue> found = null;
    for (List<Map<String, AttributeValue>> items : reply.responses().values()) {
      for (Map<String, AttributeValue> item : items) {
        if (!layout.isAt(item, key)) { // the reply to another request: see LookUp
          throw new IllegalStateException("DynamoDB replied with an item that was not asked for");
        }
        found = item;
      }
    }
    return settings(found);
  }

  /** Returns the request that reads the item, with what an operator's role may do. */
  QueryRequest.Builder query() {
    Map<String, AttributeValue> key = layout.namespaceKey(namespace);
    return QueryRequest.builder()
        .tableName(layout.table())
        .consistentRead(true)
        .keyConditionExpression("#p = :p AND #s = :s")
        .expressionAttributeNames(Map.of("#p", layout.names().pk(), "#s", layout.names().sk()))
        .expressionAttributeValues(
            Map.of(":p", key.get(layout.names().pk()), ":s", key.get(layout.names().sk())));
  }

  /**
   * Returns the live settings on the item, empty if there are none.
   *
   * @throws IllegalStateException if the attribute holds anything but a text
   */
  static String settings(@Nullable Map<String, AttributeValue> item) {
    AttributeValue value = item == null ? null : item.get(TableLayout.SETTINGS);
    if (value == null) {
      return "";
    }
    if (value.s() == null) {
      throw new IllegalStateException("The live settings in the table are not a text");
    }
    return value.s();
  }
}
