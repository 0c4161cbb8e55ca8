package com.gymcoach.bedrock.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The public API of each published jar is the one listed in {@code src/api}. A change that was not
 * meant fails; one that was meant shows in the list's diff. See docs/versioning.md.
 */
class PublicApiIT {
  private static final Path LISTS = Path.of("src", "api");

  static Stream<PublishedJarsIT.Published> published() {
    return PublishedJarsIT.published();
  }

  @ParameterizedTest
  @MethodSource("published")
  void api_ofAPublishedJar_isTheOneListed(PublishedJarsIT.Published jar) throws IOException {
    List<String> api = PublicApi.of(Jars.of(jar.type()));
    Path list = LISTS.resolve(jar.artifact() + ".txt");
    if (Boolean.getBoolean("api.accept")) {
      Files.write(list, api);
    }
    assertThat(api)
        .as("The API is not that of %s. Is that meant? -Dapi.accept=true writes the file.", list)
        .isEqualTo(Files.readAllLines(list));
  }

  @Test
  void lists_areThoseOfThePublishedJars() throws IOException {
    try (Stream<Path> lists = Files.list(LISTS)) {
      assertThat(lists.map(list -> list.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              published().map(jar -> jar.artifact() + ".txt").toList());
    }
  }
}
