package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.dynamodb.FaultProxy.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Large entries that operators and services invalidate and erase, whole or in part. */
@ParameterizedClass
@EnumSource(Way.class)
class LargeErasureTest extends LargeAnswersFixture {
  LargeErasureTest(Way way) {
    super(way);
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
    int space = head.indexOf(' ');
    Dynamo.delete(dynamo(), table, head.substring(0, space), head.substring(space + 1));
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
