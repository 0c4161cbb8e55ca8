package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** Batches that are cached text by text, with a store that two processes share. */
@ParameterizedClass
@EnumSource(EmbeddingCaller.class)
class EmbeddingsInTheStoreTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("search");
  private static final CacheScope ALL = CacheScope.shared().endpoint("search");
  private static final Duration DELAY = Duration.ofSeconds(10);

  private final EmbeddingCaller way;
  private final FakeCohere cohere = new FakeCohere();
  private final FakeTime time = new FakeTime();
  private final FakeStore store = new FakeStore();
  private final List<CacheEvent> told = new ArrayList<>();
  private final BedrockCache here = builder().build();
  private final BedrockCache there = builder().build();

  EmbeddingsInTheStoreTest(EmbeddingCaller way) {
    this.way = way;
  }

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .store(store)
        .timeSource(time)
        .invalidationDelay(DELAY)
        .metricsSink(told::add)
        .ttlPolicy(TtlPolicy.fixed(Duration.ofHours(1)).withJitter(0))
        .cachePolicy(
            new CachePolicy() {
              @Override
              public boolean cacheEmbeddingsByText(CallContext call) {
                return true;
              }
            });
  }

  private CacheOutcome embed(BedrockCache cache, String... texts) {
    return embed(cache, ALICE, texts);
  }

  /** Asks, and checks that each text gets its own vector. */
  private CacheOutcome embed(BedrockCache cache, CacheScope scope, String... texts) {
    InvokeModelResponse response = way.call(cohere, cache, scope, FakeCohere.ask(texts));
    String vectors = String.join(",", Arrays.stream(texts).map(FakeCohere::vector).toList());
    assertThat(response.body().asUtf8String()).startsWith("{\"embeddings\":[" + vectors + "],");
    return CacheOutcome.of(response);
  }

  @Test
  void batch_whenAnotherProcessHasSomeTexts_asksForTheOthers() {
    assertThat(embed(here, "a", "bb")).hasToString("MISS, ABSENT, kept, stored");
    assertThat(embed(there, "bb", "ccc")).hasToString("MISS, ABSENT, kept, stored");
    assertThat(embed(here, "a", "ccc").source()).isEqualTo(CacheSource.WARM);
    assertThat(embed(here, "a", "ccc").source()).isEqualTo(CacheSource.HOT);
    assertThat(cohere.asked).containsExactly(List.of("a", "bb"), List.of("ccc"));
    assertThat(store.entries).hasSize(3);
    assertThat(store.writes).hasValue(3);
    assertThat(here.stats().faults()).isEmpty();
  }

  @Test
  void batch_whenMemoryHasAllTexts_doesNotReadTheStore() {
    embed(here, "a", "bb");
    int reads = store.reads.get();
    embed(here, "bb", "a");
    assertThat(store.reads).hasValue(reads);
  }

  @Test
  void batch_whenTheMarkersAreDue_readsThemOnceForAllTextsOfAUser() {
    embed(here, "a", "bb", "ccc");
    time.advance(DELAY);
    int reads = store.reads.get();
    assertThat(embed(here, "a", "bb", "ccc").status()).isEqualTo(Status.HIT);
    assertThat(store.reads).hasValue(reads + 1);
  }

  @Test
  void batch_whenAnotherProcessInvalidates_asksAgainAfterTheDelay() {
    embed(here, "a", "bb");
    there.invalidate(ALICE);
    time.advance(DELAY);
    assertThat(embed(here, "a", "bb")).hasToString("MISS, ABSENT, kept, stored");
    assertThat(cohere.asked).hasSize(2);
    assertThat(embed(here, "a", "bb").status()).isEqualTo(Status.HIT);
    assertThat(embed(there, "a", "bb").status()).isEqualTo(Status.HIT);
  }

  /** The read that has the namespace's marker fails, and the others do not. */
  @Test
  void batch_whenTheNamespacesMarkerAloneIsUnread_servesNoTextFromTheStore() {
    AtomicBoolean fails = new AtomicBoolean();
    ForwardingStore partly =
        new ForwardingStore(store) {
          @Override
          public CompletionStage<StoreRead> read(StoreQuery query) {
            return fails.get() && query.withNamespaceMarker()
                ? CompletableFuture.completedFuture(new StoreRead(null, null))
                : super.read(query);
          }
        };
    embed(here, "a");
    try (BedrockCache other = builder().store(partly).build()) {
      embed(other, "known");
      store.marks.put(List.of("default", "*"), new Marker(3, 4));
      time.advance(DELAY);
      fails.set(true);
      embed(other, "x", "a");
      assertThat(cohere.asked).last().isEqualTo(List.of("x", "a"));
    }
  }

  @Test
  void batch_whenTheNamespaceIsPurged_asksAgainAfterTheDelay() {
    embed(here, "a", "bb");
    store.marks.put(List.of("default", "*"), new Marker(3, 4));
    time.advance(DELAY);
    assertThat(embed(here, "a", "bb")).hasToString("MISS, ABSENT, kept, stored");
    assertThat(cohere.asked).hasSize(2);
    assertThat(embed(there, "a", "bb").status()).isEqualTo(Status.HIT);
  }

  @Test
  void batch_whenAnotherProcessInvalidatesOneShard_asksForItsTexts() {
    String[] texts = IntStream.range(0, 30).mapToObj(i -> "text " + i).toArray(String[]::new);
    embed(here, ALL, texts);
    EntryAddress one = store.entries.keySet().iterator().next();
    long inShard =
        store.entries.keySet().stream().filter(a -> a.partition().equals(one.partition())).count();
    store.marks.put(List.of(one.partition(), "search"), new Marker(1, 2));
    time.advance(DELAY);
    embed(here, ALL, texts);
    assertThat(cohere.asked).last().satisfies(asked -> assertThat(asked).hasSize((int) inShard));
    assertThat(embed(there, ALL, texts).status()).isEqualTo(Status.HIT);
  }

  @Test
  void batch_whenInvalidatedElsewhereDuringTheCall_leavesNothingForTheStore() {
    cohere.answer =
        request -> {
          there.invalidate(ALICE);
          return cohere.embedded(request);
        };
    embed(here, "a");
    cohere.answer = cohere::embedded;
    embed(there, "a");
    assertThat(cohere.asked).hasSize(2);
  }

  @Test
  void store_whenReadsFail_asksBedrockForAllAndWritesNothing() {
    embed(here, "a", "bb");
    store.failReads = new IllegalStateException("down");
    assertThat(embed(there, "a", "bb").stored()).isFalse();
    assertThat(cohere.asked).hasSize(2);
    assertThat(store.writes).hasValue(2);
    assertThat(there.stats().faults())
        .containsKeys(CacheFault.STORE_READ_FAILED, CacheFault.MARKERS_UNKNOWN);
    assertThat(embed(there, "a", "bb").status()).isEqualTo(Status.HIT); // from memory
  }

  @Test
  void store_whenWritesFail_keepsTheTextsInMemory() {
    store.failWrites = new IllegalStateException("down");
    assertThat(embed(here, "a", "bb")).hasToString("MISS, ABSENT, kept");
    assertThat(embed(here, "bb").status()).isEqualTo(Status.HIT);
    assertThat(here.stats().faults()).containsKey(CacheFault.STORE_WRITE_FAILED);
  }

  @Test
  void store_whenItHangs_waitsForOneBudgetAndNotForOneEach() {
    store.hang = true;
    String[] texts = IntStream.range(0, 90).mapToObj(i -> "text " + i).toArray(String[]::new);
    long began = System.nanoTime();
    embed(here, texts);
    // 90 reads of 50 ms, one after another, would take 4.5 s; no entry is written without markers
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
    assertThat(here.stats().faults()).containsKey(CacheFault.STORE_READ_TIMEOUT);
  }

  @Test
  void store_whenAnEntryIsDamaged_asksForThatText() {
    embed(here, "a", "bb", "ccc");
    EntryAddress one = store.entries.keySet().iterator().next();
    store.entries.put(one, new byte[] {1, 2, 3});
    embed(there, "a", "bb", "ccc");
    assertThat(cohere.asked).last().satisfies(asked -> assertThat(asked).hasSize(1));
    assertThat(there.stats().faults()).isNotEmpty();
  }

  /** Memory's markers are due, and the entry is read for another text of the same user. */
  @Test
  void store_whenATextSharesTheReadOfAnother_isNeverGivenThatEntry() {
    embed(here, "a");
    embed(there, "bb");
    time.advance(DELAY);
    assertThat(embed(here, "bb", "a").status()).isEqualTo(Status.HIT);
    assertThat(embed(here, "a", "bb").status()).isEqualTo(Status.HIT);
    assertThat(here.stats().faults()).isEmpty();
    assertThat(cohere.asked).hasSize(2);
  }

  /** Memory's answer is no longer valid, and its text shares the read of another one's entry. */
  @Test
  void store_whenATextThatSharesAReadIsInvalidated_isNeverGivenTheOtherEntry() {
    embed(here, "a");
    embed(there, "bb");
    EntryAddress one = store.entries.keySet().iterator().next();
    store.marks.put(List.of(one.partition(), "search"), new Marker(1, 2)); // and nothing is deleted
    time.advance(DELAY);
    assertThat(embed(here, "bb", "a").status()).isEqualTo(Status.MISS);
    assertThat(cohere.asked).last().isEqualTo(List.of("bb", "a"));
    assertThat(here.stats().faults()).isEmpty(); // not even offered: it is not a damaged entry
  }

  @Test
  void storeUse_ofABatch_countsEachReadAndWrite() {
    store.readUnits = bytes -> bytes == 0 ? 1 : 3;
    store.writeUnits = bytes -> 5;
    embed(here, "a", "bb");
    embed(there, "a", "bb", "ccc");
    assertThat(told)
        .extracting(event -> Objects.requireNonNull(event.store()).readUnits())
        .containsExactly(2.0, 7.0);
    assertThat(told)
        .extracting(event -> Objects.requireNonNull(event.store()).writeUnits())
        .containsExactly(10.0, 5.0);
  }

  @Test
  void store_whenMemoryIsOff_servesTextsFromTheStore() {
    try (BedrockCache cold = builder().hotMaxBytes(0).build()) {
      assertThat(embed(cold, "a", "bb")).hasToString("MISS, ABSENT, stored");
      assertThat(embed(cold, "bb", "a").source()).isEqualTo(CacheSource.WARM);
      assertThat(cohere.asked).hasSize(1);
    }
  }
}
