package com.gymcoach.bedrock.dynamodb;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM with the class path of this one. */
final class ChildJvm {
  private ChildJvm() {}

  /** Returns what starts a class's {@code main}; the arguments are told by their texts. */
  static ProcessBuilder of(Class<?> main, Object... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", // it does not live long
                "-XX:+UseSerialGC",
                "-Xmx256m",
                // For what a snapshot's copies share: see SameRandomness.
                "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return new ProcessBuilder(command);
  }
}
