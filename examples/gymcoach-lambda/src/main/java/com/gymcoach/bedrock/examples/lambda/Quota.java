package com.gymcoach.bedrock.examples.lambda;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.KeySecret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * Limits how many questions a user may ask in each full hour. An item per user and hour counts
 * them, cached answers included: each question costs one write unit. If the table is away, nothing
 * is counted and every question is answered. Thread-safe.
 */
final class Quota {
  /** The prefix of the partition keys. The role may touch these items and the cache's only. */
  static final String PREFIX = "QUOTA#";

  /** The longest that a question waits for the counter. */
  static final Duration BUDGET = Duration.ofMillis(250);

  /** How long nothing is counted after the table has failed, so that few questions wait for it. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private static final Duration WINDOW = Duration.ofHours(1);
  private static final Logger LOG = LoggerFactory.getLogger(Quota.class);

  /**
   * Where the counters are, and how far they may go.
   *
   * @param limit questions an hour; 0 for no limit, and then nothing is counted
   * @param keySecret hides the user's id in the key, as in the cache's items
   * @param budget the longest that a question waits
   */
  record Counter(
      DynamoDbClient client, String table, int limit, KeySecret keySecret, Duration budget) {}

  private final @Nullable Counter counter;
  private final Clock clock;
  private final AtomicReference<Instant> pausedUntil = new AtomicReference<>(Instant.MIN);

  Quota(@Nullable Counter counter, Clock clock) {
    this.counter = counter == null || counter.limit == 0 ? null : counter;
    this.clock = clock;
  }

  static Quota none() {
    return new Quota(null, Clock.systemUTC());
  }

  /**
   * Counts a question.
   *
   * @throws ApiException with status 429 if the user has asked as many as allowed this hour
   */
  void take(String user) {
    Counter used = counter;
    if (used == null) {
      return;
    }
    Instant now = clock.instant();
    Instant start = start(now);
    boolean taken =
        unlessAway(
            now,
            () -> {
              try {
                add(used, key(used, user, start), start);
                return true;
              } catch (ConditionalCheckFailedException usedUp) { // the answer tells the caller
                return false;
              }
            },
            true);
    if (!taken) {
      throw ApiException.quotaUsedUp(Duration.between(now, start.plus(WINDOW)));
    }
  }

  /** Returns what is left of the user's quota. If the table is away, all of it. */
  ObjectNode left(String user) {
    Counter used = counter;
    if (used == null) {
      return ApiRequest.JSON
          .createObjectNode()
          .putNull("remainingRequests")
          .putNull("resetAt")
          .put("tier", "unlimited");
    }
    Instant now = clock.instant();
    Instant start = start(now);
    int asked = unlessAway(now, () -> read(used, key(used, user, start)), 0);
    return ApiRequest.JSON
        .createObjectNode()
        .put("remainingRequests", Math.max(0, used.limit - asked))
        .put("resetAt", start.plus(WINDOW).toString())
        .put("tier", "standard");
  }

  private static void add(Counter counter, Map<String, AttributeValue> key, Instant start) {
    // A day longer than needed: DynamoDB deletes by this attribute, and only what is long past.
    long ttl = start.plus(WINDOW).plus(Duration.ofDays(1)).getEpochSecond();
    counter.client.updateItem(
        update ->
            update
                .tableName(counter.table)
                .key(key)
                .updateExpression("SET #ttl = :ttl ADD #used :one")
                .conditionExpression("attribute_not_exists(#used) OR #used < :limit")
                .expressionAttributeNames(Map.of("#ttl", "ttl", "#used", "used"))
                .expressionAttributeValues(
                    Map.of(
                        ":ttl", AttributeValue.fromN(String.valueOf(ttl)),
                        ":one", AttributeValue.fromN("1"),
                        ":limit", AttributeValue.fromN(String.valueOf(counter.limit))))
                .overrideConfiguration(o -> o.apiCallTimeout(counter.budget)));
  }

  private static int read(Counter counter, Map<String, AttributeValue> key) {
    Map<String, AttributeValue> item =
        counter
            .client
            .getItem(
                get ->
                    get.tableName(counter.table)
                        .key(key)
                        .consistentRead(true)
                        .overrideConfiguration(o -> o.apiCallTimeout(counter.budget)))
            .item();
    AttributeValue asked = item.get("used");
    return asked == null ? 0 : Integer.parseInt(Objects.requireNonNullElse(asked.n(), "0"));
  }

  /** Returns what a call to the table returns, or a default if the table does not answer. */
  private <T> T unlessAway(Instant now, Supplier<T> call, T otherwise) {
    if (now.isBefore(pausedUntil.get())) {
      return otherwise;
    }
    try {
      return call.get();
    } catch (RuntimeException e) { // whatever it is, the question is answered
      pausedUntil.set(now.plus(PAUSE));
      LOG.atWarn()
          .addKeyValue("exception", e.getClass().getName())
          .log("The quota is not counted: the table does not answer");
      return otherwise;
    }
  }

  private static Map<String, AttributeValue> key(Counter counter, String user, Instant start) {
    String digest =
        CacheScope.user(user).partitions("quota", counter.keySecret).get(0).principal().text();
    return Map.of(
        "PK", AttributeValue.fromS(PREFIX + digest), "SK", AttributeValue.fromS(start.toString()));
  }

  private static Instant start(Instant now) {
    return Instant.ofEpochSecond(now.getEpochSecond() / WINDOW.toSeconds() * WINDOW.toSeconds());
  }
}
