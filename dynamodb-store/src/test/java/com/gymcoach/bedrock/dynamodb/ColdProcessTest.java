package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Libraries that a cold start would have to load are loaded when they are first needed. */
class ColdProcessTest {
  private static final String CACHE = "com.gymcoach.bedrock.cache.BedrockCache";
  private static final String CAFFEINE = "com.github.benmanes.caffeine.";
  private static final String JACKSON = "com.fasterxml.jackson.";
  private static final String HISTOGRAMS = "org.HdrHistogram.";

  private static final Map<String, List<String>> LOADED = new LinkedHashMap<>();

  @BeforeAll
  static void live() throws Exception {
    ProcessBuilder command = ChildJvm.of(ColdProcess.class);
    command.command().add(1, "-Xlog:class+load");
    Process process = command.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    List<String> ofStep = new ArrayList<>();
    for (String line : said.lines().toList()) {
      if (line.startsWith(ColdProcess.STEP)) {
        ofStep = new ArrayList<>();
        LOADED.put(line.substring(ColdProcess.STEP.length()), ofStep);
      } else if (line.contains(" source: ")) {
        String loaded = line.substring(0, line.indexOf(" source: "));
        ofStep.add(loaded.substring(loaded.lastIndexOf(' ') + 1));
      }
    }
    assertThat(LOADED.keySet())
        .containsExactly("the service's own client", "build", "miss", "hit", "end MISS true HOT");
    assertThat(LOADED.get("build")).contains(CACHE);
  }

  private static void assertLoadsNone(String step, String... libraries) {
    for (String library : libraries) {
      assertThat(LOADED.get(step)).as(library).noneMatch(name -> name.startsWith(library));
    }
  }

  @Test
  void build_always_loadsNoLibraryThatOnlyAnswersNeed() {
    assertThat(LOADED.get("build"))
        .filteredOn(name -> name.startsWith(JACKSON))
        .isSubsetOf("com.fasterxml.jackson.core.Versioned"); // those whose jar's name has a version
    assertLoadsNone("build", CAFFEINE, HISTOGRAMS);
  }

  @Test
  void converse_whenItIsTheFirst_loadsJacksonToStoreTheAnswerAndNothingElse() {
    assertThat(LOADED.get("miss")).anyMatch(name -> name.startsWith(JACKSON));
    assertLoadsNone("miss", CAFFEINE, HISTOGRAMS);
    assertLoadsNone("hit", CAFFEINE, HISTOGRAMS);
  }
}
