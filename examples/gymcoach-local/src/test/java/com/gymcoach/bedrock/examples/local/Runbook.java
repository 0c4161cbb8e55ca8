package com.gymcoach.bedrock.examples.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The runbook's pages, their commands, and a shell to run them in. */
final class Runbook {
  static final Path ROOT = Path.of("..", "..");
  static final Path PAGES = ROOT.resolve("examples/gymcoach-lambda/docs/operations");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^( *)```sh\\n(.*?)^ *```$");
  private static final Pattern INLINE = Pattern.compile("`([^`\\n]+)`");

  /** The output of a command, and its exit code. */
  record Result(int code, String output) {}

  private Runbook() {}

  /** Returns the pages' names. */
  static List<String> pages() throws IOException {
    try (Stream<Path> files = Files.list(PAGES)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  static String text(String page) throws IOException {
    return Files.readString(PAGES.resolve(page));
  }

  /** Returns a page's blocks of commands, as they are written. */
  static List<String> blocks(String page) throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(text(page));
    while (block.find()) {
      blocks.add(block.group(2).indent(-block.group(1).length()));
    }
    return blocks;
  }

  /** Returns those that run in the twin. */
  static List<String> local(String page) throws IOException {
    return blocks(page).stream().filter(block -> block.startsWith("# local")).toList();
  }

  /** Returns what is between backquotes in a page's text. */
  static List<String> inline(String page) throws IOException {
    return INLINE
        .matcher(BLOCK.matcher(text(page)).replaceAll(""))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  /** Runs commands by bash at the root of the repository; the first that fails ends them. */
  static Result bash(Map<String, String> environment, String... scripts)
      throws IOException, InterruptedException {
    ProcessBuilder bash =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", String.join("\n", scripts))
            .directory(ROOT.toFile())
            .redirectErrorStream(true);
    bash.environment().putAll(environment);
    Process process = bash.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  /** Returns whether this machine has some programs. */
  static boolean has(String... programs) throws InterruptedException {
    try {
      return bash(Map.of(), "command -v " + String.join(" >/dev/null && command -v ", programs))
              .code()
          == 0;
    } catch (IOException e) { // not even bash
      return false;
    }
  }
}
