package com.gymcoach.bedrock.cache;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.sealing.SealingKeys;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/**
 * A process is frozen into a snapshot, from which others are started, hours later and many at a
 * time: AWS Lambda's SnapStart.
 */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class SnapshotTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  private final CallingStyle way;
  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();
  private final BedrockCache snapshot = cache(store);

  SnapshotTest(CallingStyle way) {
    this.way = way;
  }

  private BedrockCache cache(FakeStore store) {
    return BedrockCache.builder().store(store).timeSource(time).build();
  }

  private CacheOutcome ask(BedrockCache cache) {
    return CacheOutcome.of(
        way.over(bedrock, cache).forScope(ALICE).converse(FakeBedrock.ask("Plan my week")));
  }

  /** While nothing runs, the wall clock advances and elapsed time does not. */
  private void restoreAfter(Duration hours) {
    snapshot.beforeCheckpoint();
    time.jump(hours);
    snapshot.afterRestore();
  }

  @Test
  void s_s_beforeCheckpoint_nothingOfAnyUserIsInMemory() {
    ask(snapshot);
    snapshot.beforeCheckpoint();
    assertThat(snapshot.stats().hotEntries()).isZero();
    assertThat(snapshot.stats().hotBytes()).isZero();
  }

  @Test
  void f81_restored_servesWhatTheStoreHas() {
    ask(snapshot);
    restoreAfter(Duration.ofMinutes(10));
    assertThat(ask(snapshot).source()).isEqualTo(CacheSource.WARM);
    assertThat(ask(snapshot).source()).isEqualTo(CacheSource.HOT);
    assertThat(bedrock.calls).hasValue(1);
  }

  @Test
  void f81_invalidatedElsewhereMeanwhile_isServedToNobody() {
    ask(snapshot);
    snapshot.beforeCheckpoint();
    cache(store).invalidate(ALICE);
    snapshot.afterRestore();
    assertThat(ask(snapshot).cached()).isFalse();
  }

  @Test
  void f81_expiredMeanwhile_isServedToNobody() {
    ask(snapshot);
    restoreAfter(Duration.ofHours(2));
    assertThat(ask(snapshot).cached()).isFalse();
  }

  @Test
  void s_s_answerOnItsWayAtTheCheckpoint_isKeptByNobody() {
    bedrock.answer =
        request -> {
          snapshot.beforeCheckpoint();
          return FakeBedrock.reply("made before", StopReason.END_TURN);
        };
    assertThat(ask(snapshot).reason()).contains(CacheReason.INVALIDATED_MEANWHILE);
    assertThat(snapshot.stats().hotEntries()).isZero();
    assertThat(store.entries).isEmpty();
  }

  @Test
  void s_s_observed_isForgotten() {
    snapshot.mode(CacheMode.OBSERVE);
    ask(snapshot);
    snapshot.beforeCheckpoint();
    assertThat(ask(snapshot).reason()).contains(CacheReason.WOULD_MISS);
    assertThat(ask(snapshot).reason()).contains(CacheReason.WOULD_HIT);
  }

  @Test
  void s_s_beforeCheckpoint_dropsTheSealersKeys() {
    AtomicInteger fetched = new AtomicInteger();
    byte[] key = new byte[32];
    new Random(1).nextBytes(key);
    EntrySealer sealer =
        EntrySealer.aes256Gcm(
            () -> new SealingKeys(fetched.incrementAndGet(), key, Map.of()),
            Duration.ofHours(1),
            1_000,
            1_000_000);
    try (BedrockCache cache =
        BedrockCache.builder().store(store).timeSource(time).sealer(sealer).build()) {
      ask(cache);
      assertThat(store.entries).hasSize(1);
      cache.beforeCheckpoint();
      ask(cache); // the new key is being fetched
      assertThat(cache.stats().faults()).containsKey(CacheFault.ENTRY_SEAL);
    }
  }

  /** Nonces and markers that two clones draw from one field's state would be the same. */
  @Test
  void s_s_sourcesOfRandomness_liveInNoFieldThatASnapshotHolds() {
    noFields()
        .should()
        .haveRawType(
            com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(Random.class))
        .check(
            new ClassFileImporter()
                .withImportOption(new DoNotIncludeTests())
                .importPackages("com.gymcoach.bedrock"));
  }

  @Test
  void close_afterACheckpoint_isSafe() {
    snapshot.beforeCheckpoint();
    snapshot.close();
    snapshot.beforeCheckpoint();
    snapshot.afterRestore();
    assertThat(ask(snapshot).cached()).isFalse();
  }
}
