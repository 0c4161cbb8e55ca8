package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.VerifiedHits.Share;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Wilson's interval. */
class VerifiedHitsShareTest {
  private static final double Z = 1.959963984540054;

  @Property
  void interval_containsTheShareAndLiesWithinZeroAndAHundred(
      @ForAll @LongRange(min = 1, max = 1_000_000) long of,
      @ForAll @LongRange(max = 1_000_000) long n) {
    Share share = new Share(n % (of + 1), of);
    assertThat(share.lowPercent()).isBetween(0.0, share.percent());
    assertThat(share.highPercent()).isBetween(share.percent(), 100.0);
    assertThat(share.lowPercent()).isLessThan(share.highPercent());
  }

  @Property
  void interval_ofTheOthers_isItsMirrorImage(
      @ForAll @LongRange(min = 1, max = 10_000) long of, @ForAll @LongRange(max = 10_000) long n) {
    Share share = new Share(n % (of + 1), of);
    Share others = new Share(of - share.count(), of);
    assertThat(others.lowPercent()).isCloseTo(100 - share.highPercent(), within(1e-9));
    assertThat(others.highPercent()).isCloseTo(100 - share.lowPercent(), within(1e-9));
  }

  /** The interval's ends are the shares that are 1.96 of their own standard errors away. */
  @Property
  void interval_endsWhereTheScoreTestDoes(
      @ForAll @LongRange(min = 2, max = 10_000) long of, @ForAll @LongRange(max = 10_000) long n) {
    Share share = new Share(1 + n % (of - 1), of);
    for (double end : new double[] {share.lowPercent() / 100, share.highPercent() / 100}) {
      double error = Math.sqrt(end * (1 - end) / of);
      assertThat(Math.abs(share.percent() / 100 - end)).isCloseTo(Z * error, within(1e-9));
    }
  }

  @Property
  void interval_ofALargerSample_isNarrower(@ForAll @LongRange(min = 1, max = 1_000) long n) {
    Share small = new Share(n, 2 * n);
    Share large = new Share(10 * n, 20 * n);
    assertThat(large.highPercent() - large.lowPercent())
        .isLessThan(small.highPercent() - small.lowPercent());
  }

  /** The example of {@code docs/verified-hits.md}. */
  @Example
  void interval_whenAllTwentyAreTheSame_isThatOfThePage() {
    Share share = new Share(20, 20);
    assertThat(share.lowPercent()).isCloseTo(84, within(0.5));
    assertThat(share.highPercent()).isEqualTo(100);
  }

  @Example
  void interval_ofAnEmptySample_isEverything() {
    Share none = new Share(0, 0);
    assertThat(none.percent()).isNaN();
    assertThat(none.lowPercent()).isZero();
    assertThat(none.highPercent()).isEqualTo(100);
  }
}
