package com.gymcoach.bedrock.warmup;

import java.nio.file.Path;

/** A process that plans the warm-up of a file and prints how many requests it would ask. */
final class PlanOfALargeFile {
  private PlanOfALargeFile() {}

  public static void main(String[] arguments) throws Exception {
    try (Fixture f = new Fixture(cache -> cache.hotMaxBytes(1 << 20))) {
      WarmUpPlan plan = f.warmUp(Path.of(arguments[0])).concurrency(4).build().plan();
      System.out.println(
          "asked " + f.bedrock.requests() + ", to ask " + plan.toAsk() + " of " + plan.lines());
    }
  }
}
