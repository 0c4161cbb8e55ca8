package com.gymcoach.bedrock.examples.replay.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.ModelPrice;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.examples.replay.logs.Groups.Group;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TtlCountTest {
  private static final List<Duration> TTLS =
      List.of(Duration.ofMillis(3), Duration.ofMillis(10), Duration.ofMillis(1_000));
  private static final PriceList PRICES =
      PriceList.none().with("any", ModelPrice.of(1, 1)).withStoreUnits(0.125, 0.625);
  private static final int ASKED = Call.LOOKED_UP | Call.KEPT | Call.PRICED;

  private static Call call(long key, long millis, int request, int flags) {
    return new Call(key, 0, millis, request, 0, 1_000, flags, 1);
  }

  private static TtlCount count(List<Call> calls) {
    TtlCount count =
        new TtlCount(TTLS, Periods.of(0, 1_000), PRICES, List.of(new Group("any", "chat")));
    calls.stream().sorted(Call.ORDER).forEach(count::accept);
    return count;
  }

  @Provide
  Arbitrary<List<Call>> calls() {
    Arbitrary<Integer> flags =
        Arbitraries.of(ASKED, ASKED, Call.LOOKED_UP, Call.KEPT, ASKED | Call.STREAM);
    return Combinators.combine(
            Arbitraries.longs().between(1, 4),
            Arbitraries.longs().between(0, 60),
            Arbitraries.integers().between(1, 1_000_000),
            flags)
        .as(TtlCountTest::call)
        .list()
        .uniqueElements(Call::request)
        .ofMaxSize(60);
  }

  /** By the definition: a call hits if an answer was kept at a miss less than the TTL ago. */
  private static long hits(List<Call> same, long ttl) {
    List<Call> keptMisses = new ArrayList<>();
    long hits = 0;
    for (Call call : same) {
      boolean hit = keptMisses.stream().anyMatch(kept -> call.millis() - kept.millis() < ttl);
      hits += hit ? 1 : 0;
      if (!hit && call.is(Call.KEPT)) {
        keptMisses.add(call);
      }
    }
    return hits;
  }

  @Property
  void hits_areThoseOfTheDefinition(@ForAll("calls") List<Call> calls) {
    Tally tally = count(calls).tallies().get(0);
    for (int ttl = 0; ttl < TTLS.size(); ttl++) {
      long expected = 0;
      for (long key = 1; key <= 4; key++) {
        long own = key;
        List<Call> same =
            calls.stream()
                .filter(call -> call.first() == own && call.is(Call.LOOKED_UP))
                .sorted(Call.ORDER)
                .toList();
        expected += hits(same, TTLS.get(ttl).toMillis());
      }
      assertThat(tally.hits[ttl]).isEqualTo(expected);
    }
    assertThat(tally.calls).isEqualTo(calls.size());
  }

  /** With 10 ms: the answer of 0 lives to 10, whatever hits at 9; that of 10 lives to 20. */
  @Test
  void accept_whenAnAnswerHasExpired_isAMissThatIsKeptAnew() {
    Tally tally =
        count(
                List.of(
                    call(1, 0, 1, ASKED),
                    call(1, 9, 2, ASKED),
                    call(1, 10, 3, ASKED),
                    call(1, 19, 4, ASKED)))
            .tallies()
            .get(0);

    assertThat(tally.hits).containsExactly(1, 2, 3);
    assertThat(tally.repeats).isEqualTo(3);
  }

  /** By hand: a miss reads 1 + 1 units and writes 2 for 1,256 bytes; a hit reads 1 + 1. */
  @Test
  void accept_ofAMissAndAHit_chargesTheTableForBoth() {
    Tally tally = count(List.of(call(1, 0, 1, ASKED), call(1, 1, 2, ASKED))).tallies().get(0);

    double table = (2 * 0.125 + 2 * 0.625 + 2 * 0.125) / 1e6;
    assertThat(tally.table(0)).isCloseTo(table, within(1e-15));
    assertThat(tally.saved(0)).isEqualTo(1);
    assertThat(tally.net(0)).isCloseTo(1 - table, within(1e-12));
  }

  @Test
  void accept_whenTheAnswerIsNotKept_doesNotHit() {
    Tally tally =
        count(List.of(call(1, 0, 1, Call.LOOKED_UP), call(1, 1, 2, ASKED))).tallies().get(0);

    assertThat(tally.hits).containsExactly(0, 0, 0);
  }

  @Test
  void accept_ofACallThatTheCacheBypasses_neitherHitsNorCosts() {
    Tally tally = count(List.of(call(1, 0, 1, ASKED), call(1, 1, 2, Call.KEPT))).tallies().get(0);

    assertThat(tally.hits).containsExactly(0, 0, 0);
    assertThat(tally.lookedUp).isEqualTo(1);
    assertThat(tally.calls).isEqualTo(2);
  }

  @Test
  void accept_ofARecordThatWasDeliveredTwice_countsItOnce() {
    TtlCount count = count(List.of(call(1, 0, 7, ASKED), call(1, 0, 7, ASKED)));

    assertThat(count.duplicates()).isEqualTo(1);
    assertThat(count.tallies().get(0).calls).isEqualTo(1);
    assertThat(count.tallies().get(0).hits).containsExactly(0, 0, 0);
  }

  @Test
  void accept_ofTheSameIdAtAnotherTime_countsBoth() {
    TtlCount count = count(List.of(call(1, 0, 7, ASKED), call(1, 1, 7, ASKED)));

    assertThat(count.duplicates()).isZero();
    assertThat(count.tallies().get(0).calls).isEqualTo(2);
  }

  @Test
  void accept_ofCallsWithoutRequestIds_countsAll() {
    TtlCount count = count(List.of(call(1, 0, 0, ASKED), call(1, 0, 0, ASKED)));

    assertThat(count.duplicates()).isZero();
    assertThat(count.tallies().get(0).hits).containsExactly(1, 1, 1);
  }
}
