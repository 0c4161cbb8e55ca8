package com.gymcoach.bedrock.cache.sim;

import java.util.function.LongFunction;

/** Runs schedules until one breaks a promise. Created by reflection in a loader with a defect. */
public final class PlantedRun implements LongFunction<String> {

  /**
   * Returns what was found and with which seed, or an empty text if nothing was.
   *
   * @param schedules the most schedules that are run
   */
  @Override
  public String apply(long schedules) {
    Coverage coverage = new Coverage();
    for (long seed = 1; seed <= schedules; seed++) {
      Simulation.Outcome outcome = Simulation.run(seed, coverage, false);
      if (outcome.violation() != null) {
        return "seed " + seed + ": " + outcome.violation().getMessage();
      }
    }
    return "";
  }
}
