package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretFilterTest {
  private final SecretFilter filter = new SecretFilter(true, List.of(Pattern.compile("x*")));

  @ParameterizedTest
  @CsvSource({
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/a,"
        + "arn:aws:bedrock:us-east-1:000000000000:inference-profile/a",
    "arn:aws-us-gov:s3:::bucket, arn:aws-us-gov:s3:::bucket",
    "call 123456789012 now, call 123456789012 now",
    "ASIAIOSFODNN7EXAMPLE., REDACTED.",
    "AKIAIOSFODNN7EXAMPLEandmore, AKIAIOSFODNN7EXAMPLEandmore",
    "jo.doe+x@mail.example.org!, REDACTED!",
    "a @ b, a @ b",
    "eyJhbGciOiJI.eyJzdWIiOiIxMjM.SflKxw_-, REDACTED",
    "aXXxxb, aXXREDACTEDb",
  })
  void filter_removesSecretsAndNothingElse(String text, String expected) {
    assertThat(filter.filter(text)).isEqualTo(expected);
  }

  /** However a text is split, what is removed is the same, and each part stays in its place. */
  @Property
  void filter_whenTheTextIsSplit_removesTheSame(
      @ForAll @CharRange(from = 'w', to = 'y') @StringLength(max = 30) String text,
      @ForAll List<@CharRange(from = '\0', to = '\5') Character> lengths) {
    List<String> parts = new ArrayList<>();
    int at = 0;
    for (char length : lengths) {
      int end = Math.min(text.length(), at + length);
      parts.add(text.substring(at, end));
      at = end;
    }
    parts.add(text.substring(at));
    List<String> filtered = filter.filter(parts);
    assertThat(filtered).hasSameSizeAs(parts);
    assertThat(String.join("", filtered))
        .isEqualTo(text.replaceAll("x+", SecretFilter.PLACEHOLDER));
  }
}
