package com.gymcoach.bedrock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    "AROACLKWSDQRAOEXAMPLE:session, REDACTED:session", // 21 characters
    "arn%3Aaws%3Aiam%3A%3A123456789012%3Arole, arn%3Aaws%3Aiam%3A%3A000000000000%3Arole",
    "arn:aws:iam::123456789012, arn:aws:iam::123456789012", // no ARN
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPzRfiCYEXAMPLEKEY!,"
        + "aws_secret_access_key = REDACTED!",
    "SecretAccessKey\":\"wJalrXUtnFEMI/K7MDENG/bPzRfiCYEXAMPLEKEY\",SecretAccessKey\":\"REDACTED\"",
    "wJalrXUtnFEMI/K7MDENG/bPzRfiCYEXAMPLEKEY, wJalrXUtnFEMI/K7MDENG/bPzRfiCYEXAMPLEKEY",
    "IQoJb3JpZ2luX2VjEJr0123456789012345678901234567890123==., REDACTED.",
    "FwoGZXIvYXdzEJr0123456789012345678901234567890123456789, REDACTED",
    "ABSKQmVkcm9ja0FQSUtleS0123456789012345678901234567890123=, REDACTED",
    "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249Q2Fs, REDACTED",
    "X-Amz-Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef&,"
        + "X-Amz-Signature=REDACTED&",
    "Authorization: Bearer abcdefghijklmnop.q, Authorization: Bearer REDACTED",
  })
  void filter_removesSecretsAndNothingElse(String text, String expected) {
    assertThat(filter.filter(text)).isEqualTo(expected);
  }

  /** The arguments of a tool are a text that is JSON: an escape sequence ends before a word. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a\\nAKIAIOSFODNN7EXAMPLE\\n|a\\nREDACTED\\n",
        "\\tjo@example.org\\t|\\tREDACTED\\t",
        "\\u003cjo@example.org\\u003e|\\u003cREDACTED\\u003e",
        "\\u003CASIAIOSFODNN7EXAMPLE|\\u003CREDACTED",
        "\\narn:aws:iam::987654321098:root|\\narn:aws:iam::000000000000:root",
        "\\neyJhbGciOiJI.eyJzdWIiOiIxMjM.SflKxw|\\nREDACTED",
        "\\\"jo@example.org\\\"|\\\"REDACTED\\\"",
        "C:\\jo@example.org|C:\\REDACTED",
      })
  void filter_whenTheTextIsJson_leavesItsEscapesWhole(String text, String expected) {
    assertThat(filter.filter(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void filter_whenAMembersNameIsASecret_removesItToo(boolean stream) throws IOException {
    String body = "{\"jo@example.org\":{\"AKIAIOSFODNN7EXAMPLE\":1},\"xxx\":\"xxx\"}";
    StoredAnswer answer =
        new StoredAnswer(
            stream ? 3 : 1,
            "m",
            StoredAnswer.Times.from(Instant.EPOCH, Duration.ZERO),
            new Markers(Marker.NONE, Marker.NONE, Marker.NONE),
            null,
            new StoredAnswer.Head(200, null, new TreeMap<>()),
            (stream ? body + "\n" : body).getBytes(UTF_8));
    assertThat(new String(filter.filter(answer).body(), UTF_8).strip())
        .isEqualTo("{\"REDACTED\":{\"REDACTED\":1},\"xxx\":\"REDACTED\"}");
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
