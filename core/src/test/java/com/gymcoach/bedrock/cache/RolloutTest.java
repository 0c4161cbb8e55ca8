package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.gymcoach.bedrock.cache.internal.call.Result;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mode and percentage, which others may decide while the cache runs. */
class RolloutTest {
  private static final CacheScope ALICE = CacheScope.user("alice");
  private static final int USERS = 2_000;

  private final FakeBedrock bedrock = new FakeBedrock();

  private Set<Integer> usersServed(BedrockCache cache) {
    Set<Integer> served = new HashSet<>();
    for (int user = 0; user < USERS; user++) {
      CacheOutcome outcome = ask(cache, CacheScope.user("user-" + user));
      if (outcome.status() != CacheOutcome.Status.BYPASS) {
        served.add(user);
      } else {
        assertThat(outcome.reason()).contains(CacheReason.NOT_IN_ROLLOUT);
      }
    }
    return served;
  }

  private CacheOutcome ask(BedrockCache cache, CacheScope scope) {
    return CacheOutcome.of(
        CallingStyle.SYNC.over(bedrock, cache).forScope(scope).converse(FakeBedrock.ask("one")));
  }

  @Test
  void rolloutPercent_asItGrows_keepsWhoIsIn() {
    BedrockCache cache = BedrockCache.builder().rolloutPercent(0).build();
    assertThat(usersServed(cache)).isEmpty();
    cache.rolloutPercent(10);
    Set<Integer> tenth = usersServed(cache);
    assertThat(tenth).hasSizeBetween(150, 250); // of 2,000, the digests being what they are
    cache.rolloutPercent(50);
    Set<Integer> half = usersServed(cache);
    assertThat(half).hasSizeBetween(900, 1_100).containsAll(tenth);
    cache.rolloutPercent(100);
    assertThat(usersServed(cache)).hasSize(USERS);
    assertThat(usersServed(BedrockCache.builder().rolloutPercent(10).build())).isEqualTo(tenth);
  }

  @Test
  void rolloutPercent_whenItIsNone_saysWhatToDo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BedrockCache.builder().rolloutPercent(101))
        .withMessageContaining("choose from 0 to 100");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BedrockCache.builder().build().rolloutPercent(Double.NaN));
  }

  /** As while it throws: an invalid percentage is no decision, and must not include every user. */
  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, -1, 100.5, Double.POSITIVE_INFINITY})
  void rolloutPercent_whileWhatIsSaidIsNone_staysAsItWas(double said) {
    AtomicReference<Double> decided = new AtomicReference<>(said);
    BedrockCache cache = BedrockCache.builder().rolloutPercent(decided::get).build();
    assertThat(cache.rolloutPercent()).isZero();
    assertThat(ask(cache, ALICE).reason()).contains(CacheReason.NOT_IN_ROLLOUT);
    decided.set(50.0);
    assertThat(cache.rolloutPercent()).isEqualTo(50);
    decided.set(said);
    assertThat(cache.rolloutPercent()).isEqualTo(50);
  }

  /** Suppliers in other languages throw what they like. */
  @Test
  void mode_whenTheSupplierThrowsAnything_theCallerGetsAnAnswer() {
    BedrockCache cache =
        BedrockCache.builder()
            .mode(
                () -> {
                  throw Result.<RuntimeException>unchanged(new IOException("AppConfig"));
                })
            .build();
    assertThat(ask(cache, ALICE).status()).isEqualTo(CacheOutcome.Status.BYPASS);
    assertThat(bedrock.calls).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource(CacheMode.class)
  void mode_whenAnotherDecides_changesWhileRunning(CacheMode first) {
    AtomicReference<CacheMode> decided = new AtomicReference<>(first);
    BedrockCache cache = BedrockCache.builder().mode(decided::get).build();
    assertThat(cache.mode()).isEqualTo(first);
    for (CacheMode next : CacheMode.values()) {
      decided.set(next);
      assertThat(cache.mode()).isEqualTo(next);
      assertThat(ask(cache, ALICE).reason().isEmpty()).isEqualTo(next == CacheMode.OFF);
      cache.invalidate(ALICE);
    }
  }

  @Test
  void mode_whileItCannotBeDecided_staysAsItWas() {
    AtomicReference<CacheMode> decided = new AtomicReference<>();
    BedrockCache cache =
        BedrockCache.builder()
            .mode(
                () -> {
                  if (decided.get() == CacheMode.OBSERVE) {
                    throw new IllegalStateException("AppConfig is away");
                  }
                  return decided.get();
                })
            .build();
    assertThat(cache.mode()).isEqualTo(CacheMode.OFF);
    decided.set(CacheMode.ON);
    assertThat(cache.mode()).isEqualTo(CacheMode.ON);
    decided.set(CacheMode.OBSERVE);
    assertThat(cache.mode()).isEqualTo(CacheMode.ON);
    decided.set(null);
    assertThat(cache.mode()).isEqualTo(CacheMode.ON);
    cache.mode(CacheMode.OFF);
    assertThat(cache.mode()).isEqualTo(CacheMode.OFF);
    cache.close();
    cache.mode(CacheMode.ON);
    assertThat(cache.mode()).isEqualTo(CacheMode.OFF);
  }

  @Test
  void fromEnvironment_withoutTheVariable_isOn() {
    assertThat(CacheMode.fromEnvironment())
        .isEqualTo(
            "false".equalsIgnoreCase(System.getenv("CACHE_ENABLED"))
                ? CacheMode.OFF
                : CacheMode.ON);
  }
}
