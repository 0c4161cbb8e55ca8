package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.BeforeSend;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.dynamodb.FaultProxy.Mode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What can go wrong between the two requests of a large entry. The caller gets Bedrock's answer,
 * the fault is counted, and what is left in the table is found by a deletion.
 */
@ParameterizedClass
@EnumSource(Way.class)
class LargeEntryFaultsTest extends WarmTierFixture {
  private final String text = text(1);
  private final String text2 = text(2);

  LargeEntryFaultsTest(Way way) {
    super(way);
    bedrock.answerWith(
        request -> {
          answers.incrementAndGet();
          return Caller.reply(text);
        });
  }

  private static String text(int seed) {
    StringBuilder text = new StringBuilder();
    new Random(seed).ints(900_000, 'a', 'z' + 1).forEach(c -> text.append((char) c));
    return text.toString();
  }

  private DynamoDbCacheStore.Builder large(Kind kind) {
    return throughProxy(kind).maxEnvelopeBytes(EntryParts.MAX_BYTES);
  }

  private List<String> heads() {
    return items().entrySet().stream()
        .filter(item -> item.getValue().get("b") != null && item.getValue().get("b").hasM())
        .map(Map.Entry::getKey)
        .toList();
  }

  private long parts() {
    return items().keySet().stream().filter(key -> key.split("#", -1).length > 5).count();
  }

  /** Asks a cache that has nothing in memory; the answer is the one of Bedrock in each case. */
  private BedrockCache asked(Kind kind, String question) {
    BedrockCache cache = cache(large(kind));
    assertThat(ask(cache, question).equals(text)).isTrue();
    return cache;
  }

  // Writes.

  @ParameterizedTest
  @EnumSource(Kind.class)
  void write_whenItsPartsAreRefused_writesNoHead(Kind kind) {
    proxy.refuse("ProvisionedThroughputExceededException", "BatchWriteItem");
    assertThat(faults(asked(kind, "question")))
        .isEqualTo(Map.of(CacheFault.STORE_WRITE_FAILED, 1L));
    assertThat(items()).isEmpty();
    proxy.heal();
    asked(kind, "question");
    assertThat(heads()).hasSize(1);
    assertThat(answers).hasValue(2);
  }

  /** Throttling: DynamoDB does half of the batch, or nothing, and says so. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void write_whenPartsAreLeftUnprocessed_writesNoHead(Kind kind) {
    proxy.play(Mode.UNPROCESSING, "BatchWriteItem");
    assertThat(faults(asked(kind, "question")))
        .isEqualTo(Map.of(CacheFault.STORE_WRITE_FAILED, 1L));
    assertThat(items()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void write_whenItsHeadIsRefused_leavesPartsThatAreNotFoundAndAreDeleted(Kind kind) {
    proxy.refuse("ThrottlingException", "PutItem");
    assertThat(faults(asked(kind, "question")))
        .isEqualTo(Map.of(CacheFault.STORE_WRITE_FAILED, 1L));
    assertThat(heads()).isEmpty();
    assertThat(parts()).isPositive();
    assertThat(faults(asked(kind, "question")))
        .isEqualTo(Map.of(CacheFault.STORE_WRITE_FAILED, 1L));
    assertThat(answers).hasValue(2);
    proxy.heal();
    assertThat(cache(large(kind)).invalidate(ALICE)).isZero();
    assertThat(parts()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void write_whenItIsSlow_isCutAtTheBudgetAndFoundLater(Kind kind) {
    BedrockCache cache = hasty(large(kind));
    proxy.play(Mode.WITHHOLDING, "BatchWriteItem");
    assertThat(ask(cache, "question").equals(text)).isTrue();
    assertThat(faults(cache)).isEqualTo(Map.of(CacheFault.STORE_WRITE_TIMEOUT, 1L));
    assertThat(heads()).isEmpty();
    proxy.heal();
    proxy.release();
  }

  /** Two processes write different answers at once: one of them is there, whole. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void write_whenAnotherProcessWritesADifferentAnswer_keepsOneOfThem(Kind kind) throws Exception {
    Partition partition = ALICE.partitions("default", null).get(0);
    EntryAddress address = new EntryAddress(partition, "chat", new Digest(1, 2, 3, 4));
    byte[] one = text.getBytes(StandardCharsets.US_ASCII);
    byte[] other = text2.getBytes(StandardCharsets.US_ASCII);
    try (CacheStore first = patient(kind);
        CacheStore second = patient(kind)) {
      Instant until = Instant.now().plus(Duration.ofHours(1));
      for (int i = 0; i < 10; i++) {
        var writes = List.of(first.write(address, one, until), second.write(address, other, until));
        for (var write : writes) {
          write.toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
        byte[] read =
            first
                .read(new StoreQuery(address, true, false))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS)
                .envelope();
        assertThat(Arrays.equals(read, one) || Arrays.equals(read, other)).isTrue();
      }
    }
  }

  private CacheStore patient(Kind kind) {
    return kind.store(table).maxEnvelopeBytes(EntryParts.MAX_BYTES).build();
  }

  // Look-ups.

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

  private EntryAddress onlyAddress() {
    Partition partition = ALICE.partitions("default", null).get(0);
    String key = heads().get(0);
    StoredItem item = StoredItem.of(partition, key.substring(key.indexOf(' ') + 1));
    return Objects.requireNonNull(item).address();
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
    dynamo()
        .deleteItem(
            delete ->
                delete
                    .tableName(table)
                    .key(
                        Map.of(
                            "PK", AttributeValue.fromS(Dynamo.text(part, "PK")),
                            "SK", AttributeValue.fromS(Dynamo.text(part, "SK")))));
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

  // The store's threads are all busy when the second request is due.

  /** Runs the first task on its caller's thread, and refuses the others. */
  private static final class OneTask implements Executor {
    private int tasks;

    @Override
    public void execute(Runnable task) {
      if (tasks++ > 0) {
        throw new StoreBusyException();
      }
      task.run();
    }
  }

  private LargeEntries entries(Executor threads) {
    return new LargeEntries(
        DynamoDbCalls.of(dynamo(), threads),
        layout(),
        timeout -> SingleAttempt.once(dynamo().serviceClientConfiguration(), Dynamo.PATIENT),
        SingleAttempt.once(dynamo().serviceClientConfiguration(), Dynamo.PATIENT),
        TimeSource.system());
  }

  private TableLayout layout() {
    return new TableLayout(
        table,
        TableLayout.DEFAULT_PREFIX,
        TableLayout.AttributeNames.DEFAULT,
        EntryParts.upTo(EntryParts.MAX_BYTES));
  }

  @Test
  void write_whenTheStoresThreadsAreBusyForItsHead_isRefusedAndNoFailureOfTheTable()
      throws Exception {
    EntryAddress address =
        new EntryAddress(ALICE.partitions("default", null).get(0), "chat", new Digest(1, 2, 3, 4));
    assertThat(
            entries(new OneTask())
                .write(address, new byte[1_000_000], Instant.now().plusSeconds(60), null)
                .apply(BeforeSend.OPEN)
                .get(30, TimeUnit.SECONDS))
        .isInstanceOf(StoreBusyException.class);
    assertThat(parts()).isEqualTo(3);
    assertThat(heads()).isEmpty();
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

  // Operators.

  private CacheAdmin admin() {
    return CacheAdmin.builder()
        .client(closing(Dynamo.client(proxy.endpoint())))
        .tableName(table)
        .build();
  }

  @Test
  void erase_ofLargeEntries_countsEntriesAndLeavesNothing() {
    for (String question : List.of("one", "two")) {
      asked(Kind.SYNC, question);
    }
    bedrock.answerWith(request -> Caller.reply("short"));
    BedrockCache cache = cache(large(Kind.SYNC));
    assertThat(ask(cache, "three")).isEqualTo("short");
    assertThat(admin().dryRun(CacheScope.user("alice"))).isEqualTo(Map.of("chat", 3L));
    assertThat(admin().erase(CacheScope.user("alice"))).isEqualTo(new ErasureReport(3, 0));
    assertThat(items().keySet()).hasSize(1).allMatch(key -> key.endsWith(" M"));
    assertThat(admin().erase(CacheScope.user("alice")).nothingFound()).isTrue();
  }

  /** Parts without their head are still a user's answer: the erasure is not complete. */
  @Test
  void erase_whenPartsAreLeft_isNotComplete() {
    asked(Kind.SYNC, "question");
    String head = heads().get(0);
    dynamo()
        .deleteItem(
            delete ->
                delete
                    .tableName(table)
                    .key(
                        Map.of(
                            "PK", AttributeValue.fromS(head.substring(0, head.indexOf(' '))),
                            "SK", AttributeValue.fromS(head.substring(head.indexOf(' ') + 1)))));
    assertThat(admin().dryRun(ALICE)).isEmpty();
    proxy.play(Mode.UNPROCESSING, "BatchWriteItem");
    ErasureReport report = admin().erase(ALICE);
    assertThat(report).isEqualTo(new ErasureReport(0, 1));
    assertThat(report.complete()).isFalse();
    assertThat(report.nothingFound()).isFalse();
    proxy.heal();
    assertThat(admin().erase(ALICE)).isEqualTo(new ErasureReport(0, 0));
    assertThat(parts()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void purge_makesLargeEntriesWorthless(Kind kind) {
    asked(kind, "question");
    assertThat(admin().purge()).isFalse(); // only a user's answer: see its documentation
    asked(kind, "question");
    assertThat(answers).hasValue(2);
  }

  /** The look-up began before the invalidation. Its result must not outlive it. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void invalidate_betweenTheRequestsOfALookUp_isObeyedByTheNextCall(Kind kind) {
    asked(kind, "question");
    RequestNotes notes = new RequestNotes();
    BedrockCache reader =
        cache(notes.store(kind, table).timeSource(time).maxEnvelopeBytes(EntryParts.MAX_BYTES));
    BedrockCache other = cache(large(kind));
    notes.beforeParts = () -> other.invalidate(ALICE);
    assertThat(ask(reader, "question").equals(text)).isTrue(); // of the parts or of Bedrock
    notes.beforeParts = () -> {};
    int before = answers.get();
    bedrock.answerWith(request -> Caller.reply("after"));
    time.advance(Duration.ofSeconds(10)); // the invalidation delay
    assertThat(ask(reader, "question")).isEqualTo("after");
    assertThat(ask(cache(large(kind)), "question")).isEqualTo("after");
    assertThat(answers).hasValue(before);
    assertThat(other.stats().faults()).isEmpty();
  }

  /** The same, but the parts are still there: the marker alone fences the entry. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void mark_betweenTheRequestsOfALookUp_isObeyedByTheNextCall(Kind kind) {
    asked(kind, "question");
    RequestNotes notes = new RequestNotes();
    BedrockCache reader =
        cache(notes.store(kind, table).timeSource(time).maxEnvelopeBytes(EntryParts.MAX_BYTES));
    notes.beforeParts =
        () -> {
          try (CacheStore store = store()) {
            store
                .mark(
                    ALICE.partitions("default", null).get(0),
                    null,
                    new Marker(1, 2),
                    Instant.now().plus(Duration.ofDays(400)))
                .toCompletableFuture()
                .join();
          }
        };
    assertThat(ask(reader, "question").equals(text)).isTrue();
    assertThat(answers).hasValue(1); // it was valid when this call began
    notes.beforeParts = () -> {};
    bedrock.answerWith(request -> Caller.reply("after"));
    assertThat(ask(cache(large(kind)), "question")).isEqualTo("after");
    time.advance(Duration.ofSeconds(10));
    assertThat(ask(reader, "question")).isEqualTo("after");
  }
}
