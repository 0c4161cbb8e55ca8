package com.gymcoach.bedrock.release;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** GnuPG with the key that the build signed with. */
final class Gpg {
  private Gpg() {}

  /** Returns what GnuPG finds about a signature, in its form for programs. */
  static String verify(Path signature, Path file) throws IOException, InterruptedException {
    return run("--status-fd", "1", "--verify", signature.toString(), file.toString());
  }

  /** Returns the name on the key. */
  static String signer() throws IOException, InterruptedException {
    return run("--list-secret-keys", "--with-colons")
        .lines()
        .filter(line -> line.startsWith("uid:"))
        .map(line -> line.split(":", -1)[9])
        .findFirst()
        .orElse("an unknown key");
  }

  private static String run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("gpg", "--homedir", System.getProperty("gpg.homedir"), "--batch"));
    command.addAll(List.of(arguments));
    Process gpg =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String printed = new String(gpg.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!gpg.waitFor(1, TimeUnit.MINUTES)) {
      gpg.destroyForcibly();
      throw new IOException("GnuPG did not end within a minute.");
    }
    return printed;
  }
}
