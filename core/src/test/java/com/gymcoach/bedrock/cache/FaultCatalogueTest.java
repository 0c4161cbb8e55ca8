package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The pages {@code docs/faults.md} and {@code docs/faults-attacks.md} and the names of the tests
 * have the same faults and attacks. The pages are the list: a test's name refers to them.
 */
class FaultCatalogueTest {
  private static final Path ROOT = Path.of("..");

  /** A table's row: the faults or attacks, the columns between, and the counters. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ([FS]-?\\w+(?:, [FS]-?\\w+)*) \\|(.*)\\| ([^|]+) \\|$");

  private static final Pattern TEST = Pattern.compile("void ((?:f\\d\\d_|s_[a-z]_)+)[a-zA-Z0-9]");
  private static final Pattern MARK = Pattern.compile("f\\d\\d|s_[a-z]");
  private static final Pattern CODE = Pattern.compile("`(\\w+)`");

  @Test
  void catalogue_andTheNamesOfTests_haveTheSameFaultsAndAttacks() throws IOException {
    List<String> listed = new ArrayList<>();
    for (String page : List.of("faults.md", "faults-attacks.md")) {
      for (MatchResult row : rows(page)) {
        Stream.of(row.group(1).split(", ")).map(FaultCatalogueTest::mark).forEach(listed::add);
      }
    }
    assertThat(listed).as("twice in the catalogue").doesNotHaveDuplicates();

    Set<String> untested = new TreeSet<>(listed);
    Set<String> unlisted = tested();
    untested.removeAll(unlisted);
    unlisted.removeAll(Set.copyOf(listed));
    assertThat(untested).as("in the catalogue, in no test's name").isEmpty();
    assertThat(unlisted).as("in a test's name, not in the catalogue").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"faults.md", "faults-attacks.md"})
  void row_namesCountersThatExist(String page) throws IOException {
    Set<String> counters = new HashSet<>();
    Stream.of(CacheFault.values()).forEach(fault -> counters.add(fault.name()));
    Stream.of(CacheReason.values()).forEach(reason -> counters.add(reason.name()));
    for (Class<?> figures : List.of(CacheStats.class, CacheStats.Counts.class)) {
      Stream.of(figures.getMethods()).map(Method::getName).forEach(counters::add);
    }
    counters.addAll(List.of("DeliveryStats", "ErasureReport")); // of other modules
    for (MatchResult row : rows(page)) {
      List<String> named = CODE.matcher(row.group(3)).results().map(code -> code.group(1)).toList();
      assertThat(counters).as(row.group()).containsAll(named);
      assertThat(named.isEmpty()).as(row.group()).isEqualTo(row.group(3).equals("none"));
      assertThat(row.group(2).chars().filter(c -> c == '|')).as(row.group()).hasSize(1);
    }
  }

  private static List<MatchResult> rows(String page) throws IOException {
    String text = Files.readString(ROOT.resolve("docs").resolve(page));
    List<MatchResult> rows = ROW.matcher(text).results().toList();
    assertThat(rows).as(page).hasSizeGreaterThan(10);
    return rows;
  }

  /** Returns how a test's name writes a fault or an attack: F7 is f07, S-b is s_b. */
  private static String mark(String listed) {
    return listed.startsWith("S-")
        ? "s_" + listed.substring(2)
        : "f%02d".formatted(Integer.parseInt(listed.substring(1)));
  }

  private static Set<String> tested() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().matches(".*/src/test/java/.*\\.java"))
          .flatMap(file -> TEST.matcher(read(file)).results())
          .flatMap(name -> MARK.matcher(name.group(1)).results())
          .map(MatchResult::group)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
