package com.gymcoach.bedrock.cache.spi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.FakeTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Calls that wait for the store's threads, are made, hang and end, by a clock set by hand. */
class StoreGuardTest {
  private static final Duration BUDGET = Duration.ofMillis(50);
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final int MAX_CALLS = 100;

  /** A reply that came in time and lacks what was asked for. */
  private static final String LACKING = "lacking";

  private static final Partition ALICE = partition("alice");

  private final FakeTime time = new FakeTime();
  private final StoreGuard lookUps = guard(true);
  private final StoreGuard writes = guard(false);

  /** What waits for the store's threads. */
  private final Queue<Runnable> waiting = new ArrayDeque<>();

  private static Partition partition(String user) {
    return CacheScope.user(user).partitions("default", null).get(0);
  }

  private StoreGuard guard(boolean onlyForCaller) {
    return guard(Budget.of(BUDGET), onlyForCaller);
  }

  private StoreGuard guard(Budget budget, boolean onlyForCaller) {
    return new StoreGuard(builder(onlyForCaller), budget);
  }

  private StoreGuard.Builder builder(boolean onlyForCaller) {
    return StoreGuard.builder("Calls of a test", StoreGuardTest.class)
        .budget(BUDGET)
        .onlyForCaller(onlyForCaller)
        .maxCallsPerPartition(MAX_CALLS)
        .probeInterval(INTERVAL)
        .timeSource(time);
  }

  /** A call that waits for a thread, with a given outcome. */
  private CompletableFuture<String> asks(StoreGuard guard, CompletableFuture<String> reply) {
    return guard.go(
        ALICE,
        gate ->
            CompletableFuture.completedFuture(gate)
                .thenComposeAsync(passed -> passed.pass(() -> reply), waiting::add),
        value -> value.equals(LACKING) ? new IllegalStateException(value) : null);
  }

  private CompletableFuture<String> asks(StoreGuard guard) {
    return asks(guard, CompletableFuture.completedFuture("found"));
  }

  private void hang(StoreGuard guard, int calls) {
    for (int i = 0; i < calls; i++) {
      assertThat(asks(guard, new CompletableFuture<>())).isNotDone();
    }
  }

  private void threadsAreFree() {
    while (!waiting.isEmpty()) {
      Objects.requireNonNull(waiting.remove()).run();
    }
  }

  private static void assertFailed(
      CompletableFuture<String> call, Class<? extends Throwable> with) {
    assertThat(call).isCompletedExceptionally();
    assertThat(call.handle((value, failure) -> bare(failure)).join()).isInstanceOf(with);
  }

  private static Throwable bare(Throwable thrown) {
    return thrown instanceof CompletionException
        ? Objects.requireNonNull(thrown.getCause())
        : thrown;
  }

  private void assertGoesThrough(StoreGuard guard) {
    CompletableFuture<String> call = asks(guard);
    threadsAreFree();
    assertThat(call).isCompletedWithValue("found");
  }

  /** The first caller is refused at once, and does not wait for the probe that it has caused. */
  private void probes(StoreGuard guard) {
    assertFailed(asks(guard), StoreUnavailableException.class);
    assertThat(waiting).hasSize(1);
    threadsAreFree();
  }

  /** A tracer's context may throw on the caller's thread, where a store sends its requests. */
  @Test
  void go_whenTheCallThrows_failsAndGivesThePlaceBack() {
    for (int i = 0; i < 2 * MAX_CALLS; i++) {
      CompletableFuture<String> call =
          writes.go(
              ALICE,
              gate -> {
                throw new LinkageError("a tracer's");
              },
              value -> null);
      assertFailed(call, LinkageError.class);
    }
    assertGoesThrough(writes);
  }

  @Test
  void f63_lookUpsWaitedForThreadsTooLong_areNotMadeAndSayNothingOfTheTable() {
    CompletableFuture<String> first = asks(lookUps);
    hang(lookUps, 19);
    time.advance(BUDGET);
    threadsAreFree();
    assertFailed(first, StoreBusyException.class);
    hang(lookUps, MAX_CALLS); // each has given its place back
    assertFailed(asks(lookUps), StoreBusyException.class);
  }

  @Test
  void go_whenALookUpWaitedForAThreadTooLong_failsByAnotherNameThanOneThatIsRefused() {
    CompletableFuture<String> late = asks(lookUps);
    hang(lookUps, MAX_CALLS - 1);
    CompletableFuture<String> refused = asks(lookUps);
    time.advance(BUDGET);
    threadsAreFree();
    assertThat(hasWaited(late)).isTrue();
    assertThat(hasWaited(refused)).isFalse();
  }

  private static boolean hasWaited(CompletableFuture<String> call) {
    Throwable failure = call.handle((value, thrown) -> bare(thrown)).join();
    assertThat(failure).isInstanceOf(StoreBusyException.class);
    return ((StoreBusyException) failure).hasWaited();
  }

  @Test
  void go_whenItIsOneOfTheFirstLookUps_mayTakeLonger() {
    Budget budget = Budget.of(BUDGET.multipliedBy(10), BUDGET);
    StoreGuard cold = guard(budget, true);
    for (int i = 0; i < Budget.FIRST_ANSWERS; i++) {
      CompletableFuture<String> slow = asks(cold);
      time.advance(BUDGET.multipliedBy(9));
      threadsAreFree();
      assertThat(slow).isCompletedWithValue("found");
    }
    assertThat(budget.current()).isEqualTo(BUDGET);
    CompletableFuture<String> slow = asks(cold);
    time.advance(BUDGET);
    threadsAreFree();
    assertFailed(slow, StoreBusyException.class);
  }

  @Test
  void go_whenOneOfTheFirstLookUpsUsesItsBudgetUp_theNextHaveTheOrdinaryOne() {
    Budget budget = Budget.of(BUDGET.multipliedBy(10), BUDGET);
    StoreGuard cold = guard(budget, true);
    hang(cold, 1);
    threadsAreFree();
    time.advance(BUDGET.multipliedBy(9));
    assertGoesThrough(cold);
    assertThat(budget.isFirst()).isTrue();
    time.advance(BUDGET);
    assertGoesThrough(cold); // and finds the one that hangs
    assertThat(budget.isFirst()).isFalse();
  }

  /** Returns a guard whose first look-up still has time, while later ones are overdue. */
  private StoreGuard coldWhereOneOfTheFirstHangsAnd(int later) {
    Budget budget = Budget.of(BUDGET.multipliedBy(10), BUDGET);
    StoreGuard cold = guard(budget, true);
    hang(cold, 1);
    threadsAreFree();
    budget.usedUp();
    hang(cold, later);
    threadsAreFree();
    time.advance(BUDGET);
    return cold;
  }

  /** Eight that hang open the breaker, whatever else is under way. */
  @Test
  void go_whenOneOfTheFirstLookUpsStillHasTime_laterOnesThatHangAreFoundOut() {
    StoreGuard cold = coldWhereOneOfTheFirstHangsAnd(8);
    assertFailed(asks(cold), StoreUnavailableException.class);
  }

  /** It is none of the eight. */
  @Test
  void go_whenOneOfTheFirstLookUpsStillHasTime_itDoesNotCountAsFailed() {
    StoreGuard cold = coldWhereOneOfTheFirstHangsAnd(7);
    assertGoesThrough(cold);
  }

  @Test
  void currentBudget_whenAFirstLookUpHasUsedItsUp_isTheOrdinaryOne() {
    StoreGuard cold = guard(Budget.of(BUDGET.multipliedBy(10), BUDGET), true);
    hang(cold, 1);
    threadsAreFree();
    time.advance(BUDGET.multipliedBy(10));
    assertThat(cold.currentBudget()).isEqualTo(BUDGET);
  }

  @Test
  void budget_whenTheFirstIsShorter_isTheOrdinaryOne() {
    assertThat(Budget.of(BUDGET.dividedBy(2), BUDGET).current()).isEqualTo(BUDGET);
  }

  @Test
  void go_whenAWriteWaitedForAThreadLong_isMadeAllTheSame() {
    CompletableFuture<String> late = asks(writes);
    time.advance(Duration.ofMinutes(1));
    threadsAreFree();
    assertThat(late).isCompletedWithValue("found");
  }

  /** The time in which it waited is not the table's. */
  @Test
  void go_whenACallIsAnsweredWithinItsBudgetFromWhenItWasMade_isASuccess() {
    for (int i = 0; i < 20; i++) {
      CompletableFuture<String> reply = new CompletableFuture<>();
      CompletableFuture<String> call = asks(lookUps, reply);
      time.advance(BUDGET.minusNanos(1));
      threadsAreFree();
      time.advance(BUDGET.minusNanos(1));
      reply.complete("found");
      assertThat(call).isCompletedWithValue("found");
    }
  }

  @Test
  void f23_callsNeverEnd_openTheBreakerOnceOverdue() {
    hang(lookUps, 8);
    threadsAreFree();
    time.advance(BUDGET.minusNanos(1));
    assertGoesThrough(lookUps);
    time.advance(Duration.ofNanos(1));
    assertFailed(asks(lookUps), StoreUnavailableException.class);
    time.advance(INTERVAL);
    probes(lookUps);
    assertGoesThrough(lookUps);
  }

  @Test
  void go_whenAnAnswerIsLate_countsAsAFailureAndIsHandedOverAllTheSame() {
    for (int i = 0; i < 8; i++) {
      CompletableFuture<String> reply = new CompletableFuture<>();
      CompletableFuture<String> call = asks(lookUps, reply);
      threadsAreFree();
      time.advance(BUDGET);
      reply.complete("late");
      assertThat(call).isCompletedWithValue("late");
    }
    assertFailed(asks(lookUps), StoreUnavailableException.class);
  }

  @Test
  void go_whenRepliesLackWhatWasAskedFor_opensTheBreakerAndHandsThemOver() {
    for (int i = 0; i < 8; i++) {
      CompletableFuture<String> call = asks(lookUps, CompletableFuture.completedFuture(LACKING));
      threadsAreFree();
      assertThat(call).isCompletedWithValue(LACKING);
    }
    assertFailed(asks(lookUps), StoreUnavailableException.class);
    time.advance(INTERVAL);
    assertFailed(
        asks(lookUps, CompletableFuture.completedFuture(LACKING)), StoreUnavailableException.class);
    threadsAreFree();
    assertFailed(asks(lookUps), StoreUnavailableException.class); // that ends no outage
  }

  /** A probe that no thread takes costs one interval. */
  @Test
  void go_whenAProbeCannotBeMade_isFollowedByAnother() {
    hang(lookUps, 8);
    threadsAreFree();
    time.advance(INTERVAL);
    assertFailed(asks(lookUps), StoreUnavailableException.class); // all are found overdue
    time.advance(INTERVAL);
    assertFailed(asks(lookUps), StoreUnavailableException.class);
    time.advance(INTERVAL);
    CompletableFuture<String> refused =
        lookUps.go(
            ALICE,
            gate -> CompletableFuture.<String>failedFuture(new StoreBusyException()),
            value -> null);
    assertFailed(refused, StoreUnavailableException.class);
    assertThat(waiting).hasSize(1);
    time.advance(BUDGET);
    threadsAreFree(); // no caller waits for it, so it is never too late
    assertGoesThrough(lookUps);
  }

  @Test
  void go_whenAProbeHangs_isFollowedByAnotherAndGivesItsPlaceBack() {
    hang(lookUps, 8);
    threadsAreFree();
    time.advance(BUDGET);
    for (int i = 0; i < 2 * MAX_CALLS; i++) {
      assertFailed(asks(lookUps), StoreUnavailableException.class);
      time.advance(INTERVAL);
      assertFailed(asks(lookUps, new CompletableFuture<>()), StoreUnavailableException.class);
      threadsAreFree();
    }
    time.advance(INTERVAL);
    probes(lookUps);
    assertGoesThrough(lookUps);
  }

  /** It ends its call, after which a Lambda is frozen. */
  @Test
  void go_whenAWriteIsAProbe_isWaitedFor() {
    hang(writes, 8);
    threadsAreFree();
    time.advance(BUDGET);
    assertFailed(asks(writes), StoreUnavailableException.class);
    time.advance(INTERVAL);
    assertGoesThrough(writes);
    assertGoesThrough(writes);
  }

  @Test
  void f26_callsHang_keepTheirPlacesForTheBudget() {
    for (int i = 0; i < 4; i++) {
      hang(lookUps, MAX_CALLS / 4);
      threadsAreFree();
    }
    assertFailed(asks(lookUps), StoreBusyException.class);
    time.advance(BUDGET);
    assertFailed(asks(lookUps), StoreUnavailableException.class); // and no more StoreBusyException
  }

  /** They are still there: what waits is what the limit is for. */
  @Test
  void f26_callsWaitForThreads_keepTheirPlaces() {
    hang(lookUps, MAX_CALLS);
    time.advance(BUDGET.multipliedBy(10));
    assertFailed(asks(lookUps), StoreBusyException.class);
    threadsAreFree();
    assertGoesThrough(lookUps);
  }

  @Test
  void f26_aHungCallEndsAfterAll_itsPlaceWasFreeAlready() {
    CompletableFuture<String> late = new CompletableFuture<>();
    assertThat(asks(lookUps, late)).isNotDone();
    threadsAreFree();
    time.advance(BUDGET);
    hang(lookUps, MAX_CALLS);
    late.complete("late");
    assertFailed(asks(lookUps), StoreBusyException.class);
  }

  private StoreGuard failingWith(StoreFailure.Kind kind) {
    return builder(true)
        .failures(failure -> new StoreFailure(String.valueOf(failure.getMessage()), kind))
        .build();
  }

  private void fail(StoreGuard guard, int calls) {
    for (int i = 0; i < calls; i++) {
      CompletableFuture<String> call =
          asks(guard, CompletableFuture.failedFuture(new IllegalStateException("broken")));
      threadsAreFree();
      assertFailed(call, IllegalStateException.class);
    }
  }

  @Test
  void failures_whenPermanent_openTheBreakerAtOnceAndForLong() {
    StoreGuard guard = failingWith(StoreFailure.Kind.PERMANENT);
    fail(guard, 1);
    assertThat(guard.isAvailable()).isFalse();
    time.advance(Duration.ofMinutes(5).minusNanos(1));
    assertFailed(asks(guard), StoreUnavailableException.class);
    assertThat(waiting).isEmpty();
    time.advance(Duration.ofNanos(1));
    probes(guard);
    assertGoesThrough(guard);
  }

  @Test
  void failures_whenUnrelatedToTheBackend_openNoBreaker() {
    StoreGuard guard = failingWith(StoreFailure.Kind.UNRELATED);
    fail(guard, 100);
    assertGoesThrough(guard);
  }

  /** It took its time from the backend all the same. */
  @Test
  void failures_whenUnrelatedAndLate_count() {
    StoreGuard guard = failingWith(StoreFailure.Kind.UNRELATED);
    for (int i = 0; i < StoreGuard.MIN_CALLS; i++) {
      CompletableFuture<String> reply = new CompletableFuture<>();
      CompletableFuture<String> call = asks(guard, reply);
      threadsAreFree();
      time.advance(BUDGET);
      reply.completeExceptionally(new IllegalStateException("late"));
      assertFailed(call, IllegalStateException.class);
    }
    assertFailed(asks(guard), StoreUnavailableException.class);
  }

  @Test
  void failures_whenNotSet_areOrdinary() {
    StoreGuard guard = guard(true);
    fail(guard, StoreGuard.MIN_CALLS - 1);
    assertThat(guard.isAvailable()).isTrue();
    fail(guard, 1);
    assertThat(guard.isAvailable()).isFalse();
    time.advance(INTERVAL);
    probes(guard);
    assertGoesThrough(guard);
  }

  @Test
  void build_whenASettingIsNotPositive_saysWhich() {
    assertThatThrownBy(() -> builder(true).maxCallsPerPartition(0).build())
        .hasMessage("maxCallsPerPartition is 0: choose more than zero");
    assertThatThrownBy(() -> builder(true).budget(Duration.ZERO).build())
        .hasMessage("budget is PT0S: choose more than zero");
    assertThatThrownBy(() -> builder(true).probeInterval(Duration.ofSeconds(-1)).build())
        .hasMessage("probeInterval is PT-1S: choose more than zero");
    assertThatThrownBy(() -> builder(true).longProbeInterval(Duration.ZERO).build())
        .hasMessage("longProbeInterval is PT0S: choose more than zero");
  }
}
