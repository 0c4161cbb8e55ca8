package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.spi.Partition;
import com.gymcoach.bedrock.cache.spi.StoreBusyException;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PartitionLimitTest {
  private static final Partition ALICE = partition("alice");
  private static final Partition BOB = partition("bob");

  private final ManualTime time = ManualTime.startingAt(Instant.EPOCH);
  private final PartitionLimit limit = new PartitionLimit(2, Duration.ofMillis(50), time);

  private static Partition partition(String user) {
    return CacheScope.user(user).partitions("default", null).get(0);
  }

  private CompletableFuture<String> call(Partition partition, CompletableFuture<String> made) {
    return limit.guard(partition, () -> made);
  }

  private void hold(Partition partition, CompletableFuture<String> made) {
    assertThat(call(partition, made)).isNotDone();
  }

  private static void assertRefused(CompletableFuture<String> call) {
    assertThat(call)
        .isCompletedExceptionally()
        .satisfies(
            it ->
                assertThat(it.handle((value, failure) -> failure).join())
                    .isInstanceOf(StoreBusyException.class));
  }

  @Test
  void guard_whenAsManyAreUnderWayAsMayBe_refusesThatPartitionsOnly() {
    CompletableFuture<String> first = new CompletableFuture<>();
    hold(ALICE, first);
    hold(ALICE, new CompletableFuture<>());
    assertRefused(call(ALICE, CompletableFuture.completedFuture("third")));
    assertThat(call(BOB, CompletableFuture.completedFuture("bob's"))).isCompletedWithValue("bob's");
    first.completeExceptionally(new IllegalStateException("one has ended"));
    assertThat(call(ALICE, CompletableFuture.completedFuture("third")))
        .isCompletedWithValue("third");
  }

  @Test
  void guard_whenACallHangs_itsPlaceIsFreeAfterTheBudget() {
    hold(ALICE, new CompletableFuture<>());
    hold(ALICE, new CompletableFuture<>());
    time.advance(Duration.ofMillis(49));
    assertRefused(call(ALICE, new CompletableFuture<>()));
    time.advance(Duration.ofMillis(1));
    assertThat(call(ALICE, new CompletableFuture<>())).isNotDone();
  }

  @Test
  void guard_whenAHungCallEndsAfterAll_freesNoMoreThanOnePlace() {
    CompletableFuture<String> late = new CompletableFuture<>();
    hold(ALICE, late);
    time.advance(Duration.ofMillis(50));
    hold(ALICE, new CompletableFuture<>());
    hold(ALICE, new CompletableFuture<>());
    late.complete("late");
    hold(ALICE, new CompletableFuture<>());
    assertRefused(call(ALICE, new CompletableFuture<>()));
  }
}
