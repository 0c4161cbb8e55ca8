package com.gymcoach.bedrock.fuzz;

/** The entry point for Jazzer: passes each input to the target that a system property names. */
public final class JazzerEntry {
  /** The property with the name of the target. */
  static final String TARGET = "fuzz.target";

  private static final Target CHOSEN = Targets.valueOf(System.getProperty(TARGET)).make();

  private JazzerEntry() {}

  /** Loads the target's classes, whose instrumentation takes longer than any input may. */
  public static void fuzzerInitialize() throws Exception {
    for (byte[] seed : CHOSEN.seeds()) {
      fuzzerTestOneInput(seed);
    }
  }

  /** Tries an input. Jazzer finds both methods by their names. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    boolean unused = CHOSEN.accepts(input);
  }
}
