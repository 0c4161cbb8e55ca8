package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every failure and attack that is to be tested has a test with its number in its name. The list
 * grows with what the library can do.
 */
class FaultCatalogueTest {
  private static final List<IntStream> ASKED_FOR = List.of(IntStream.rangeClosed(1, 86));

  private static final String ATTACKS = "abcdefghijklmnopqrstu";

  private static final Pattern NAME = Pattern.compile("void ((?:f\\d\\d_)+)[a-zA-Z]");
  private static final Pattern NUMBER = Pattern.compile("\\d\\d");

  @Test
  void everyFault_hasATest() throws IOException {
    Set<Integer> missing = new TreeSet<>();
    ASKED_FOR.forEach(numbers -> numbers.forEach(missing::add));
    try (Stream<Path> modules = Files.list(Path.of(".."))) {
      for (Path module : modules.toList()) {
        missing.removeAll(tested(module.resolve("src").resolve("test").resolve("java")));
      }
    }
    assertThat(missing).as("faults without a test named by their number").isEmpty();
  }

  @Test
  void everyAttack_hasATest() throws IOException {
    StringBuilder names = new StringBuilder();
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
        names.append(Files.readString(file));
      }
    }
    assertThat(ATTACKS.chars().mapToObj(letter -> "s_" + (char) letter + "_"))
        .allMatch(name -> names.indexOf("void " + name) >= 0 || names.indexOf("_" + name) >= 0);
  }

  private static Set<Integer> tested(Path sources) throws IOException {
    Set<Integer> tested = new TreeSet<>();
    if (!Files.isDirectory(sources)) {
      return tested;
    }
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
        Matcher names = NAME.matcher(Files.readString(file));
        while (names.find()) {
          NUMBER
              .matcher(names.group(1))
              .results()
              .forEach(n -> tested.add(Integer.parseInt(n.group())));
        }
      }
    }
    return tested;
  }
}
