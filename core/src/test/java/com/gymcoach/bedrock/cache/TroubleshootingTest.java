package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two pages explain every reason and every fault, in the order of the code. */
class TroubleshootingTest {
  private static final Pattern ITEM =
      Pattern.compile("(?s)\\*\\*`(\\w+)`\\*\\*: \\S.* \\*Cause:\\* \\S.* \\*Remedy:\\* \\S.*");

  static Stream<Arguments> lists() {
    return Stream.of(
        Arguments.of("troubleshooting.md", "## Reasons", CacheReason.values()),
        Arguments.of("faults-of-the-cache.md", "## Faults", CacheFault.values()));
  }

  @ParameterizedTest
  @MethodSource("lists")
  void page_hasAnItemWithMeaningCauseAndRemedyForEach(String page, String heading, Enum<?>[] values)
      throws IOException {
    String text = Files.readString(Path.of("..", "docs", page));
    String after = text.split("\n" + heading + "\n", 2)[1];
    List<String> named = new ArrayList<>();
    for (String item : after.split("\n## ", 2)[0].strip().substring(2).split("\n- ", -1)) {
      Matcher parts = ITEM.matcher(item.replaceAll("\\s+", " "));
      assertThat(parts.matches()).as(item).isTrue();
      named.add(parts.group(1));
    }
    assertThat(named).containsExactly(Stream.of(values).map(Enum::name).toArray(String[]::new));
  }
}
