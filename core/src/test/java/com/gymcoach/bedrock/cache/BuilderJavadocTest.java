package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The class Javadoc of {@link BedrockCacheBuilder} groups its settings by how often they matter.
 */
class BuilderJavadocTest {
  private static final Path SOURCE =
      Path.of("src/main/java/com/gymcoach/bedrock/cache/BedrockCacheBuilder.java");

  private static final Pattern GROUP =
      Pattern.compile("<p><b>(\\w+(?: used)?) settings</b>(.*?)</ul>");

  /** A setting: a link to the method, under the method's name, and a clause about it. */
  private static final Pattern SETTING =
      Pattern.compile("<li>\\{@link #(\\w+)(?:\\(\\w+\\))? \\1\\}: \\S[^<]+");

  @Test
  void groups_areInTheOrderOfUse() throws IOException {
    assertThat(groups().stream().map(group -> group.group(1)))
        .containsExactly("Essential", "Frequently used", "Rarely used");
  }

  @Test
  void setting_isInExactlyOneGroupWithAClause() throws IOException {
    List<String> grouped =
        groups().stream()
            .flatMap(group -> SETTING.matcher(group.group(2)).results())
            .map(setting -> setting.group(1))
            .toList();
    assertThat(grouped)
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(BedrockCacheBuilder.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> method.getReturnType() == BedrockCacheBuilder.class)
                .map(Method::getName)
                .distinct() // the overloads of a setting are one setting
                .toList());
  }

  private static List<MatchResult> groups() throws IOException {
    String source = Files.readString(SOURCE);
    String javadoc =
        source
            .substring(source.indexOf("/**"), source.indexOf("*/"))
            .replaceAll("\\n \\* *", " "); // one line
    return GROUP.matcher(javadoc).results().toList();
  }
}
