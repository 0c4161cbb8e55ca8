package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.CacheFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/troubleshooting.md explains every reason and fault, in the order of the code. */
class TroubleshootingTest {
  private static final int CELLS = 4;

  static Stream<Arguments> tables() {
    return Stream.of(
        Arguments.of("## Reasons", CacheReason.values()),
        Arguments.of("## Faults", CacheFault.values()));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void page_hasARowWithMeaningCauseAndRemedyForEach(String heading, Enum<?>[] values)
      throws IOException {
    String page = Files.readString(Path.of("..", "docs", "troubleshooting.md"));
    String after = page.split("\n" + heading + "\n", 2)[1];
    List<String> named = new ArrayList<>();
    for (String line : after.split("\n## ", 2)[0].split("\n", -1)) {
      if (line.startsWith("| `")) {
        String[] cells = line.strip().replaceAll("^\\||\\|$", "").split("\\|", -1);
        assertThat(cells).as(line).hasSize(CELLS).allSatisfy(cell -> assertThat(cell).isNotBlank());
        named.add(cells[0].strip().replace("`", ""));
      }
    }
    assertThat(named).containsExactly(Stream.of(values).map(Enum::name).toArray(String[]::new));
  }
}
