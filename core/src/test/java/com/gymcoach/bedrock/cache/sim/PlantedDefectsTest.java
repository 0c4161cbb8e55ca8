package com.gymcoach.bedrock.cache.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Shows that the simulator finds mistakes: each is planted in the library, and found. */
class PlantedDefectsTest {
  private static final long MOST_SCHEDULES = 10_000;

  @ParameterizedTest
  @EnumSource(Defect.class)
  void run_ofTheLibraryWithADefect_findsIt(Defect defect) throws Exception {
    String found = new PlantedLoader(defect.plantings()).run().apply(MOST_SCHEDULES);
    System.out.println(defect + " is found by " + found);
    assertThat(found).isNotEmpty();
  }

  /** The loader itself is none. */
  @Test
  void run_ofTheLibraryAsItIs_findsNothing() throws Exception {
    assertThat(new PlantedLoader(List.of()).run().apply(500)).isEmpty();
  }
}
