package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Entries in parts, as they are in the table and as they are read. */
@ParameterizedClass
@EnumSource(Kind.class)
class LargeEntriesTest extends LargeEntriesFixture {
  LargeEntriesTest(Kind kind) {
    super(kind);
  }

  @Test
  void write_ofALargeEntry_makesAHeadAndPartsThatExpireWithIt() throws Exception {
    byte[] envelope = bytes(LARGE);
    write(address, envelope);
    assertThat(notes.made).containsExactly("BatchWriteItem", "PutItem");
    NavigableMap<String, Map<String, AttributeValue>> items = items();
    assertThat(items).hasSize(1 + 3);
    String head = items.firstKey();
    assertThat(head).isEqualTo("E#chat#" + address.key().text());
    EntryHead stored = Objects.requireNonNull(EntryHead.of(body(items.firstEntry().getValue())));
    assertThat(stored.parts()).isEqualTo(3);
    byte[] joined = new byte[0];
    for (int i = 0; i < 3; i++) {
      Map<String, AttributeValue> part =
          Objects.requireNonNull(items.get(head + "#" + i + "#" + stored.sha256().text()));
      byte[] bytes = body(part).b().asByteArray();
      joined = Arrays.copyOf(joined, joined.length + bytes.length);
      System.arraycopy(bytes, 0, joined, joined.length - bytes.length, bytes.length);
    }
    assertThat(Arrays.equals(joined, envelope)).isTrue();
    assertThat(items.values())
        .allSatisfy(
            item ->
                assertThat(item)
                    .containsEntry("ttl", TableLayout.seconds(UNTIL))
                    .hasSize(4)); // two keys, the body and this
  }

  /** Old readers must find what they know. */
  @ParameterizedTest
  @ValueSource(ints = {1, 5_000, EntryParts.MAX_WHOLE_BYTES})
  void write_ofAnEntryThatFitsAnItem_storesItAsAStoreWithoutPartsDoes(int length) throws Exception {
    byte[] envelope = bytes(length);
    write(address, envelope);
    assertThat(notes.made).containsExactly("PutItem");
    Map<String, Map<String, AttributeValue>> withParts = items();
    assertThat(withParts).hasSize(1);
    delete(withParts.values().iterator().next());
    try (CacheStore without = kind.store(table).build()) {
      get(without.write(address, envelope, UNTIL));
      assertThat(items().equals(withParts)).isTrue();
    }
    notes.made.clear();
    assertIs(envelope, read(address));
    assertThat(notes.made).containsExactly("BatchGetItem");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        EntryParts.MAX_WHOLE_BYTES + 1,
        2 * 384 * 1024,
        2 * 384 * 1024 + 1,
        LARGE,
        EntryParts.MAX_BYTES
      })
  void read_ofALargeEntry_returnsItWithTwoRequests(int length) throws Exception {
    byte[] envelope = bytes(length);
    write(address, envelope);
    get(store.mark(PARTITION, "chat", new Marker(1, 2), UNTIL));
    notes.made.clear();
    StoreRead read = get(store.read(new StoreQuery(address, true, true)));
    assertIs(envelope, read);
    assertThat(read.markers()).isEqualTo(new Markers(Marker.NONE, new Marker(1, 2), Marker.NONE));
    assertThat(read.settings()).isEmpty();
    assertThat(notes.made).containsExactly("BatchGetItem", "BatchGetItem");
  }

  /** A sync client may make the first request on this thread; the second is handed over. */
  @Test
  void readForBlockedCaller_ofALargeEntry_returnsIt() throws Exception {
    byte[] envelope = bytes(LARGE);
    write(address, envelope);
    try (CacheStore here =
        kind.store(table)
            .maxEnvelopeBytes(EntryParts.MAX_BYTES)
            .lookUpsOnCallersThread(true)
            .build()) {
      for (int i = 0; i < 60; i++) { // beyond the first look-ups, which are always handed over
        assertIs(
            envelope, get(here.readForBlockedCaller(new StoreQuery(address, true, false), null)));
      }
    }
  }

  /** The spans of both requests belong to the call. */
  @Test
  void readAndWrite_withAContext_makeBothRequestsInIt() throws Exception {
    AtomicInteger tasks = new AtomicInteger();
    Executor context =
        task -> {
          tasks.incrementAndGet();
          task.run();
        };
    byte[] envelope = bytes(LARGE);
    get(store.write(address, envelope, UNTIL, context));
    assertThat(tasks.getAndSet(0)).isEqualTo(2);
    assertIs(envelope, get(store.read(new StoreQuery(address, true, false), context)));
    assertThat(tasks).hasValue(2);
  }

  @Test
  void write_ofMoreThanTheLimit_failsAndSendsNothing() {
    assertThatThrownBy(() -> write(address, bytes(EntryParts.MAX_BYTES + 1)))
        .hasCauseInstanceOf(IllegalArgumentException.class);
    assertThat(notes.made).isEmpty();
    assertThat(store.isAvailable()).isTrue();
  }

  /** Four of 4 MB would be more than the 16 MB of a reply: the others are not lost by that. */
  @Test
  void readAll_whenTheLargeOnesAreMoreThanAReplyHolds_leavesTheLastUnread() throws Exception {
    List<StoreQuery> queries = new ArrayList<>();
    List<byte[]> written = new ArrayList<>();
    for (int i = 0; i < 98; i++) {
      byte[] envelope = bytes(i % 20 == 1 ? EntryParts.MAX_BYTES : 100);
      EntryAddress each = address();
      write(each, envelope);
      queries.add(new StoreQuery(each, true, false));
      written.add(envelope);
    }
    notes.made.clear();
    List<CompletionStage<StoreRead>> reads = store.readAll(queries, null);
    int unread = 0;
    for (int i = 0; i < reads.size(); i++) {
      StoreRead read = get(reads.get(i));
      if (read.entryUnread()) {
        assertThat(i).isIn(61, 81);
        unread++;
      } else {
        assertIs(written.get(i), read);
      }
      assertThat(read.markers()).isEqualTo(new Markers(Marker.NONE, Marker.NONE, null));
    }
    assertThat(unread).isEqualTo(2);
    assertThat(notes.made).containsExactly("BatchGetItem", "BatchGetItem");
    assertThat(store.isAvailable()).isTrue();
  }

  /** Both requests have one budget. */
  @Test
  void read_whoseFirstRequestTookLong_leavesTheRestToTheSecond() throws Exception {
    byte[] envelope = bytes(LARGE);
    write(address, envelope);
    notes.limits.clear();
    notes.beforeRead = () -> time.advance(Duration.ofSeconds(3));
    assertIs(envelope, read(address));
    assertThat(notes.limits)
        .last()
        .isEqualTo(Dynamo.PATIENT.minusSeconds(3).plus(TableRequests.MARGIN));
  }

  /** An outage must not cost its callers a copy of each answer. */
  @Test
  void write_thatIsRefused_copiesNothing() throws Exception {
    byte[] envelope = bytes(EntryParts.MAX_BYTES);
    CountDownLatch released = new CountDownLatch(1);
    notes.beforePartsWrite = () -> await(released);
    try (CacheStore narrow =
        notes
            .store(kind, table)
            .maxEnvelopeBytes(EntryParts.MAX_BYTES)
            .maxCallsPerPartition(1)
            .build()) {
      CompletionStage<Void> first = narrow.write(address, envelope, UNTIL);
      long before = allocatedHere();
      CompletionStage<Void> refused = narrow.write(address, envelope, UNTIL);
      assertThat(allocatedHere() - before).isLessThan(1_000_000);
      assertThat(refused.toCompletableFuture())
          .failsWithin(Duration.ofSeconds(30))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(StoreBusyException.class);
      released.countDown();
      get(first);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long allocatedHere() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  @Test
  void write_whenTheStoreIsClosedBetweenItsRequests_isRefusedAndWritesNoHead() {
    notes.beforePartsWrite = store::close;
    assertThatThrownBy(() -> write(address, bytes(LARGE)))
        .hasCauseInstanceOf(StoreBusyException.class);
    assertThat(store.isAvailable()).isTrue();
    assertThat(items()).hasSize(3);
  }
}
