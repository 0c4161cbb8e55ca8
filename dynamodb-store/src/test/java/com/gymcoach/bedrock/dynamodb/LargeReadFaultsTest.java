package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.dynamodb.FaultProxy.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What can go wrong between the two requests of a look-up. The caller gets Bedrock's answer. */
@ParameterizedClass
@EnumSource(Way.class)
class LargeReadFaultsTest extends LargeAnswersFixture {
  LargeReadFaultsTest(Way way) {
    super(way);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void read_whenTheSecondRequestIsRefused_isAMissThatWritesNothing(Kind kind) {
    asked(kind, "question");
    proxy.refuseAfter(1, "BatchGetItem");
    BedrockCache cache = asked(kind, "question");
    assertThat(faults(cache)).isEqualTo(Map.of(CacheFault.STORE_READ_FAILED, 1L));
    assertThat(answers).hasValue(2);
    proxy.heal();
    asked(kind, "question");
    assertThat(answers).hasValue(2);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void read_whenTheTableIsSlow_isCutAtTheBudget(Kind kind) {
    asked(kind, "question");
    BedrockCache cache = hasty(large(kind));
    proxy.play(Mode.WITHHOLDING, "BatchGetItem");
    assertThat(ask(cache, "question").equals(text)).isTrue();
    assertThat(faults(cache)).containsEntry(CacheFault.STORE_READ_TIMEOUT, 1L);
    proxy.heal();
    proxy.release();
  }

  /** The breaker sees the two requests of a look-up as one call. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void read_whenTheSecondRequestIsAlwaysRefused_opensTheBreaker(Kind kind) throws Exception {
    asked(kind, "question");
    CacheStore store = large(kind).readBudget(Dynamo.PATIENT).build();
    open.add(0, store);
    StoreQuery query = new StoreQuery(onlyAddress(), true, false);
    List<String> ends = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      assertThat(store.isAvailable()).isTrue();
      proxy.refuseAfter(1, "BatchGetItem");
      ends.add(
          store
              .read(query)
              .thenApply(read -> read.entryUnread() ? "unread" : "read")
              .exceptionally(failure -> "closed") // by the proxy, after it has refused there
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS));
    }
    assertThat(ends).contains("unread").doesNotContain("read");
    assertThat(store.isAvailable()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void read_whenAPartIsGone_isAMissThatIsCountedAndReplaced(Kind kind) {
    asked(kind, "question");
    Map<String, AttributeValue> part =
        items().entrySet().stream()
            .filter(item -> item.getKey().contains("#1#"))
            .findFirst()
            .orElseThrow()
            .getValue();
    Dynamo.delete(dynamo(), table, Dynamo.text(part, "PK"), Dynamo.text(part, "SK"));
    assertThat(faults(asked(kind, "question"))).isEqualTo(Map.of(CacheFault.ENTRY_CORRUPT, 1L));
    assertThat(answers).hasValue(2);
    assertThat(faults(asked(kind, "question"))).isEmpty();
    assertThat(answers).hasValue(2);
  }

  /** An older version finds no bytes either: it asks Bedrock, and keeps its answer in memory. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void read_byAProcessWithoutParts_isAMissThatIsCounted(Kind kind) {
    asked(kind, "question");
    BedrockCache without = cache(throughProxy(kind));
    assertThat(ask(without, "question").equals(text)).isTrue();
    assertThat(ask(without, "question").equals(text)).isTrue();
    assertThat(answers).hasValue(2);
    assertThat(faults(without))
        .isEqualTo(Map.of(CacheFault.ENTRY_CORRUPT, 1L, CacheFault.ENTRY_TOO_LARGE, 1L));
    assertThat(faults(asked(kind, "question"))).isEmpty();
    assertThat(answers).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void read_whenTheStoresThreadsAreBusyForTheParts_isUnreadAndNoFailureOfTheTable(boolean busy)
      throws Exception {
    asked(Kind.SYNC, "question");
    StoreQuery query = new StoreQuery(onlyAddress(), true, false);
    LookUp lookUp = new LookUp(layout(), List.of(query));
    LookUp.Found found =
        lookUp.found(
            dynamo()
                .batchGetItem(
                    lookUp.request(
                        SingleAttempt.once(
                            dynamo().serviceClientConfiguration(), Dynamo.PATIENT))));
    OneTask threads = new OneTask();
    if (busy) {
      threads.execute(() -> {});
    }
    LookUp.Found completed =
        entries(threads)
            .completed(List.of(query), found, Duration.ofSeconds(30), null)
            .get(30, TimeUnit.SECONDS);
    assertThat(completed.trouble()).isNull();
    assertThat(completed.reads().get(0).entryUnread()).isEqualTo(busy);
    assertThat(completed.reads().get(0).markers()).isNotNull();
    LookUp.Found late =
        entries(Runnable::run)
            .completed(List.of(query), found, Duration.ZERO, null)
            .get(30, TimeUnit.SECONDS);
    assertThat(late.reads().get(0).entryUnread()).as("its caller has gone").isTrue();
    assertThat(late.trouble()).as("the guard knows how long the table took").isNull();
  }

  /** The first request may have used most of the time, and may itself have failed in part. */
  @Test
  void completed_ofALookUpInTrouble_remainsSoAndTakesTheTimeThatIsLeft() throws Exception {
    asked(Kind.SYNC, "question");
    StoreQuery query = new StoreQuery(onlyAddress(), true, false);
    LookUp lookUp = new LookUp(layout(), List.of(query));
    AwsRequestOverrideConfiguration patient =
        SingleAttempt.once(dynamo().serviceClientConfiguration(), Dynamo.PATIENT);
    LookUp.Found found = lookUp.found(dynamo().batchGetItem(lookUp.request(patient)));
    IllegalStateException trouble = new IllegalStateException("another entry is unread");
    List<Duration> limits = new ArrayList<>();
    LargeEntries entries =
        new LargeEntries(
            DynamoDbCalls.of(dynamo(), Runnable::run),
            layout(),
            limit -> {
              limits.add(limit);
              return patient;
            },
            patient,
            TimeSource.system());
    LookUp.Found completed =
        entries
            .completed(
                List.of(query),
                new LookUp.Found(found.reads(), trouble, found.heads()),
                Duration.ofSeconds(7),
                null)
            .get(30, TimeUnit.SECONDS);
    assertThat(completed.reads().get(0).envelope()).isNotEmpty();
    assertThat(completed.trouble()).isSameAs(trouble);
    assertThat(limits).containsExactly(Duration.ofSeconds(7).plus(TableRequests.MARGIN));
  }
}
