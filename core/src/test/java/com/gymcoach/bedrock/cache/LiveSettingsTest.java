package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of live settings. */
class LiveSettingsTest {
  private static final String SECRET = "hunter2";

  @Test
  void parse_whenEachMemberIsThere_readsThem() {
    assertThat(
            LiveSettings.parse(
                "{\"mode\": \"Observe\", \"rolloutPercent\": 12.5, \"endpointsOff\": [\"chat\"]}"))
        .isEqualTo(new LiveSettings(CacheMode.OBSERVE, 12.5, Set.of("chat")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n", "{}"})
  void parse_whenNothingIsSet_isNone(String text) {
    assertThat(LiveSettings.parse(text)).isEqualTo(LiveSettings.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2",
        "{\"mode\": hunter2}",
        "{\"mode\": \"hunter2\"}",
        "{\"mode\": null}",
        "{\"mode\": true}",
        "{\"hunter2\": 1}",
        "{\"rolloutPercent\": \"hunter2\"}",
        "{\"rolloutPercent\": 101}",
        "{\"rolloutPercent\": -1}",
        "{\"rolloutPercent\": 1e400}",
        "{\"rolloutPercent\": NaN}",
        "{\"endpointsOff\": \"hunter2\"}",
        "{\"endpointsOff\": [1]}",
        "{\"endpointsOff\": [[\"hunter2\"]]}",
        "{\"endpointsOff\": [\"hunter2 \"]}",
        "{\"endpointsOff\": [\"hunter2\"",
        "{\"mode\": \"off\", \"mode\": \"on\"}",
        "{\"mode\": \"off\"} hunter2",
        "{\"mode\": \"off\"} {}",
        "[\"hunter2\"]"
      })
  void parse_whenItIsNotSettings_throwsAndQuotesNothing(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LiveSettings.parse(text))
        .satisfies(
            thrown -> {
              assertThat(thrown).hasMessageNotContaining(SECRET).hasNoCause();
              assertThat(thrown.getMessage()).isNotBlank();
            });
  }

  /** Jackson's limits, for which its exceptions name no place in the text. */
  static Stream<String> beyondJacksonsLimits() {
    String digits = "1".repeat(1_500);
    return Stream.of(
            digits,
            "-" + digits,
            "0." + digits,
            "1e" + digits,
            "[".repeat(1_500),
            "-".repeat(1_500))
        .map(value -> "{\"rolloutPercent\": " + value + "}");
  }

  /** Jackson's exceptions for these name no place in the text. */
  @ParameterizedTest
  @MethodSource("beyondJacksonsLimits")
  void parse_whenPartIsBeyondJacksonsLimits_throws(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> LiveSettings.parse(text)).withNoCause();
  }

  @Test
  void parse_whenItIsTooLong_throws() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LiveSettings.parse("{" + " ".repeat(LiveSettings.MAX_CHARS) + "}"))
        .withMessageContaining("4096");
  }

  @Test
  void constructor_whenThereAreTooManyEndpoints_throws() {
    Set<String> names =
        IntStream.range(0, 51).mapToObj(i -> "endpoint-" + i).collect(Collectors.toSet());
    assertThatIllegalArgumentException().isThrownBy(() -> new LiveSettings(null, null, names));
  }

  @Property
  void parse_ofItsOwnText_isTheSame(@ForAll("settings") LiveSettings settings) {
    assertThat(settings.toJson().length()).isLessThanOrEqualTo(LiveSettings.MAX_CHARS);
    assertThat(LiveSettings.parse(settings.toJson())).isEqualTo(settings);
  }

  @Provide
  Arbitrary<LiveSettings> settings() {
    return Combinators.combine(
            Arbitraries.of(CacheMode.class).injectNull(0.3),
            Arbitraries.doubles().between(0, 100).injectNull(0.3),
            Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars("._-")
                .ofMinLength(1)
                .ofMaxLength(64)
                .set()
                .ofMaxSize(50))
        .as(LiveSettings::new);
  }
}
