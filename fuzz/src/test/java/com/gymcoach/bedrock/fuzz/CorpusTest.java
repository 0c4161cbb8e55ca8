package com.gymcoach.bedrock.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Gives each target the inputs that are kept, and a fixed number of changes of them. The profile
 * {@code fuzz} looks for new ones.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CorpusTest {
  /** Inputs that once found a fault, each with a line on it. */
  static final Path FOUND = Path.of("src", "test", "fuzz", "found");

  /** Inputs that reach different parts of the code, as Jazzer has found them. */
  static final Path REACHING = Path.of("src", "test", "fuzz", "reaching");

  private static final int CHANGES = Integer.getInteger("fuzz.changes", 3_000);
  private static final long SEED = Long.getLong("fuzz.seed", 1);

  static List<byte[]> inputs(Targets target) throws Exception {
    List<byte[]> inputs = new ArrayList<>(target.make().seeds());
    inputs.addAll(target.make().nearMisses());
    inputs.addAll(Corpus.read(FOUND.resolve(target.fileName() + ".txt")));
    inputs.addAll(Corpus.read(REACHING.resolve(target.fileName() + ".txt")));
    return inputs;
  }

  @ParameterizedTest
  @EnumSource
  void accepts_whenInputIsKept_isAsDocumented(Targets target) throws Exception {
    Target tried = target.make();
    for (byte[] input : inputs(target)) {
      tries(tried, input);
    }
  }

  @ParameterizedTest
  @EnumSource
  void accepts_whenInputIsChanged_isAsDocumented(Targets target) throws Exception {
    Target tried = target.make();
    List<byte[]> inputs = inputs(target);
    Mutator mutator = new Mutator(SEED);
    for (int i = 0; i < CHANGES; i++) {
      tries(tried, mutator.next(inputs));
    }
  }

  /** A target that refuses everything would find nothing. */
  @ParameterizedTest
  @EnumSource
  void accepts_whenInputIsValid_isTrue(Targets target) throws Exception {
    Target tried = target.make();
    for (byte[] seed : tried.seeds()) {
      assertThat(tried.accepts(seed)).as(Corpus.line(seed)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void accepts_whenInputIsNearlyValid_isFalse(Targets target) throws Exception {
    Target tried = target.make();
    for (byte[] input : tried.nearMisses()) {
      assertThat(tried.accepts(input)).as(Corpus.line(input)).isFalse();
    }
  }

  private static void tries(Target target, byte[] input) {
    byte[] before = input.clone();
    assertThatCode(() -> target.accepts(input))
        .as("for %s", Corpus.line(before))
        .doesNotThrowAnyException();
  }
}
