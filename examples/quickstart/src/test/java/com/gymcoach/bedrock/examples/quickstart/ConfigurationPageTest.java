package com.gymcoach.bedrock.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.ClientOptions;
import com.gymcoach.bedrock.cloudwatch.CloudWatchMetricsSink;
import com.gymcoach.bedrock.cloudwatch.EmfMetricsSink;
import com.gymcoach.bedrock.dynamodb.CacheAdmin;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares {@code docs/configuration.md} with the public methods of the builders. */
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("../../docs/configuration.md");
  private static final Pattern BUILDER = Pattern.compile("(?m)^##+ `([\\w.]+)`$");

  /** A setting, its default and range in parentheses, and when to change it. */
  private static final Pattern ITEM =
      Pattern.compile("\\*\\*`(\\w+\\([^`]*\\))`\\*\\* \\((\\S.*?)\\): (\\S.*)");

  static List<Class<?>> builders() {
    return List.of(
        BedrockCacheBuilder.class,
        ClientOptions.class,
        DynamoDbCacheStore.Builder.class,
        CacheAdmin.Builder.class,
        CloudWatchMetricsSink.Builder.class,
        EmfMetricsSink.Builder.class,
        BedrockStandIn.class,
        DynamoDbLocal.class);
  }

  @ParameterizedTest
  @MethodSource("builders")
  void page_listsEachSettingOnce(Class<?> builder) throws IOException {
    List<String> listed =
        items(section(nameOf(builder)))
            .map(ITEM::matcher)
            .filter(Matcher::matches)
            .map(item -> item.group(1))
            .toList();
    assertThat(listed).containsExactlyInAnyOrderElementsOf(settingsOf(builder));
  }

  @Test
  void page_hasNoOtherBuilders() throws IOException {
    assertThat(BUILDER.matcher(Files.readString(PAGE)).results().map(found -> found.group(1)))
        .containsExactlyInAnyOrderElementsOf(
            builders().stream().map(ConfigurationPageTest::nameOf).toList());
  }

  @Test
  void items_haveADefaultAndAReason() throws IOException {
    assertThat(items(Files.readString(PAGE)))
        .hasSizeGreaterThan(50)
        .allMatch(item -> ITEM.matcher(item).matches());
  }

  /** Returns the items of all lists, each on one line. */
  private static Stream<String> items(String text) {
    return Stream.of(text.split("\n(?=\n|- )"))
        .filter(paragraph -> paragraph.startsWith("- "))
        .map(item -> item.substring(2).strip().replaceAll("\\s+", " "));
  }

  /** Returns the part of the page from a builder's heading to the next builder's. */
  private static String section(String builder) throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf("# `" + builder + "`\n");
    assertThat(start).as("the heading of " + builder).isPositive();
    String rest = page.substring(page.indexOf('\n', start));
    return BUILDER.split(rest, 2)[0];
  }

  /** Returns the public methods that change a builder and return it, as the page writes them. */
  private static List<String> settingsOf(Class<?> builder) {
    return Stream.of(builder.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> method.getReturnType() == builder)
        .map(ConfigurationPageTest::written)
        .toList();
  }

  private static String written(Method method) {
    String parameters =
        Arrays.stream(method.getGenericParameterTypes())
            .map(ConfigurationPageTest::withoutPackage)
            .collect(Collectors.joining(", "));
    return method.getName()
        + "("
        + (method.isVarArgs() ? parameters.replaceAll("\\[\\]$", "...") : parameters)
        + ")";
  }

  private static String withoutPackage(Type type) {
    return type.getTypeName().replaceAll("\\b(?:[a-z]\\w*\\.)+", "").replace('$', '.');
  }

  private static String nameOf(Class<?> type) {
    return withoutPackage(type);
  }
}
