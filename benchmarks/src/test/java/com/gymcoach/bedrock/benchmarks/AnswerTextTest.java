package com.gymcoach.bedrock.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnswerTextTest {

  @Test
  void of_whenMadeTwice_isTheSameTextOfThatLength() {
    assertThat(AnswerText.of(1_800)).hasSize(1_800).isEqualTo(AnswerText.of(1_800));
    assertThat(AnswerText.of(1_800)).matches("[\\x20-\\x7e\\n]*").doesNotContain("\"", "\\");
  }

  /** 168 recorded answers of that size: their middle half is compressed to 0.32 to 0.36. */
  @Test
  void of_whenCompressed_isAsLargeAsRealAnswers() {
    byte[] text = AnswerText.of(1_800).getBytes(StandardCharsets.US_ASCII);
    double ratio = Compressor.standard().compress(text).length / (double) text.length;
    assertThat(ratio).isBetween(0.32, 0.38);
  }
}
