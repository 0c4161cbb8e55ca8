package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No code drops an exception without a word: it uses it, or a comment gives the reason. */
class SwallowedExceptionsTest {
  private static final Pattern CATCH =
      Pattern.compile("\\bcatch\\s*\\(\\s*(?:final\\s+)?([\\w.|\\s]+?)\\s+(\\w+)\\s*\\)\\s*\\{");

  private static final Pattern COMMENT = Pattern.compile("//[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);

  @Test
  void catches_inAllModules_useTheirExceptionOrSayWhyNot() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String parent : List.of("..", "../examples")) {
      try (DirectoryStream<Path> modules = Files.newDirectoryStream(Path.of(parent))) {
        for (Path module : modules) {
          Path main = module.resolve("src").resolve("main").resolve("java");
          if (Files.isDirectory(main)) {
            try (Stream<Path> files = Files.walk(main)) {
              files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
          }
        }
      }
    }
    assertThat(sources).hasSizeGreaterThan(200);
    List<String> silent = new ArrayList<>();
    for (Path source : sources) {
      for (String line : silentCatches(Files.readString(source))) {
        silent.add(source + ":" + line);
      }
    }
    assertThat(silent).isEmpty();
  }

  @Test
  void silentCatches_whenTheExceptionIsDropped_areFound() {
    assertThat(silentCatches("try { a(); } catch (IOException e) { return null; }")).hasSize(1);
    assertThat(silentCatches("try { a(); } catch (A | B e) { if (x) { b(\"e\"); } }")).hasSize(1);
    assertThat(silentCatches("try {} catch (A e) { throw new B(e); }")).isEmpty();
    assertThat(silentCatches("try {} catch (A e) { // the result tells it\n }")).isEmpty();
    assertThat(silentCatches("try {} catch (InterruptedException e) { t.interrupt(); }")).isEmpty();
  }

  /** Returns the lines of catches that drop their exception. */
  private static List<String> silentCatches(String source) {
    List<String> found = new ArrayList<>();
    Matcher caught = CATCH.matcher(source);
    while (caught.find()) {
      String block = source.substring(caught.end(), endOfBlock(source, caught.end()));
      String code = COMMENT.matcher(block).replaceAll("").replaceAll("\"[^\"]*\"", "");
      boolean used = Pattern.compile("\\b" + caught.group(2) + "\\b").matcher(code).find();
      boolean keepsInterrupt =
          caught.group(1).equals("InterruptedException") && code.contains(".interrupt()");
      if (!used && !keepsInterrupt && !COMMENT.matcher(block).find()) {
        found.add(source.substring(0, caught.start()).lines().count() + " " + caught.group());
      }
    }
    return found;
  }

  private static int endOfBlock(String source, int from) {
    int open = 1;
    int at = from;
    while (open > 0) {
      char c = source.charAt(at++);
      open += c == '{' ? 1 : c == '}' ? -1 : 0;
    }
    return at - 1;
  }
}
