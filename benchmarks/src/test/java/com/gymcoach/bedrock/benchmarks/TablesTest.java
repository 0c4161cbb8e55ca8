package com.gymcoach.bedrock.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TablesTest {

  @Test
  void of_whenHotHits_ratiosAreLessTheBuilding() {
    List<Measured> all = new ArrayList<>();
    for (Approach approach : Approach.values()) {
      double nanos =
          switch (approach) {
            case NO_CACHE -> 100;
            case OURS -> 300;
            case SPRING -> 1_100;
            default -> 90;
          };
      all.add(hot(approach, nanos));
    }

    assertThat(Tables.of(all))
        .startsWith("### Hot hit, Converse, Java 17\n\n| | 4 KB |\n|---|--:|\n")
        .contains("| **bedrock-cache** | 300 ns, 1,234 B, 1.00x |\n")
        .contains("| Spring `@Cacheable` with Caffeine | 1.10 µs, 1,234 B, 5.00x |\n")
        .contains("| SHA-256 alone | 90 ns, 1,234 B, – |\n")
        .endsWith("| no cache: building the request | 100 ns, 1,234 B |\n\n");
  }

  @Test
  void of_whenOtherGroups_ratiosAreToTheFirstOfTheMethod() {
    List<Measured> all =
        List.of(
            new Measured(
                "17", "Miss", "converse", "none", 0, 200_000, 1, 8, Double.NaN, Double.NaN),
            new Measured("17", "Miss", "converse", "ours", 0, 300_000, 1, 8, 2, 150_000),
            new Measured(
                "25", "Miss", "converse", "none", 0, 2_000_000, 1.6, 8, Double.NaN, Double.NaN),
            new Measured(
                "25", "Miss", "converse", "ours", 0, 1_000_000, 1, 8, Double.NaN, Double.NaN));

    assertThat(Tables.of(all))
        .contains("| | Java 17 | Java 25 |\n|---|--:|--:|\n")
        .contains("| `converse`: none | 200 µs, 8 B, 1.00x | ~2.00 ms, 8 B, 1.00x |\n")
        .contains(
            "| `converse`: ours | 300 µs, 8 B, 1.50x, 2.0 calls, 150 µs of CPU | 1.00 ms, 8 B, 0.50x |\n");
  }

  @Test
  void replaceSection_whenMarked_leavesTheRest() {
    String page =
        "a\n<!-- benchmarks: begin, written by the program -->\nold\n<!-- benchmarks: end -->\nb";

    String once = Page.replaceSection(page, "new\n");

    assertThat(once)
        .isEqualTo(
            "a\n<!-- benchmarks: begin, written by the program -->\n\nnew\n<!-- benchmarks: end -->\nb");
    assertThat(Page.replaceSection(once, "new\n")).isEqualTo(once);
    assertThatIllegalArgumentException().isThrownBy(() -> Page.replaceSection("a", "new"));
  }

  @Test
  void settings_whenNotFull_doNotTouchThePage() {
    Map<String, String> none = Map.of();
    Map<String, String> java25 = Map.of("JAVA25_HOME", "jdk-25");

    assertThat(Settings.parse(java25, "--include=").full()).isTrue();
    assertThat(Settings.parse(none, "--java25=jdk").full()).isTrue();
    assertThat(Settings.parse(java25, "--java25=jdk").java25()).contains(Path.of("jdk"));
    assertThat(Settings.parse(none).full()).isFalse();
    assertThat(Settings.parse(java25, "--quick=true").full()).isFalse();
    assertThat(Settings.parse(java25, "--include=Miss").full()).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> Settings.parse(none, "--fast=true"));
    assertThatIllegalArgumentException().isThrownBy(() -> Settings.parse(none, "--quick"));
  }

  private static Measured hot(Approach approach, double nanos) {
    return new Measured(
        "17",
        "HotHit",
        "converse",
        approach.label(),
        4096,
        nanos,
        1.2,
        1234,
        Double.NaN,
        Double.NaN);
  }
}
