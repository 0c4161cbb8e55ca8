package com.gymcoach.bedrock.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Follows the relative links of all pages, to files and to headings. */
class PageLinksTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Set<String> SKIPPED = Set.of("target", "node_modules", ".git");

  private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```$");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern EXTERNAL = Pattern.compile("[a-z]+:.*");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  @Test
  void links_leadToAFileAndAHeading() throws IOException {
    List<Path> pages = pages(ROOT);
    assertThat(pages).hasSizeGreaterThan(40);
    List<String> broken = new ArrayList<>();
    for (Path page : pages) {
      broken.addAll(broken(page));
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void links_whenTheFileOrTheHeadingIsMissing_areReported(@TempDir Path folder) throws IOException {
    Path page =
        Files.writeString(
            folder.resolve("a.md"), "# A `b`: c\n[1](a.md#a-b-c) [2](#d) [3](e.md)\n");
    assertThat(broken(page)).containsExactly(page + ": #d", page + ": e.md");
  }

  private static List<Path> pages(Path root) throws IOException {
    List<Path> pages = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return SKIPPED.contains(String.valueOf(folder.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".md")) {
              pages.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return pages;
  }

  private static List<String> broken(Path page) throws IOException {
    List<String> broken = new ArrayList<>();
    for (String link : LINK.matcher(text(page)).results().map(found -> found.group(1)).toList()) {
      if (!EXTERNAL.matcher(link).matches() && !leadsSomewhere(page, link)) {
        broken.add(page + ": " + link);
      }
    }
    return broken;
  }

  private static boolean leadsSomewhere(Path page, String link) throws IOException {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target = file.isEmpty() ? page : page.resolveSibling(file);
    if (!Files.exists(target)) {
      return false;
    }
    return hash < 0
        || !target.toString().endsWith(".md")
        || anchors(target).contains(link.substring(hash + 1));
  }

  /** Returns the anchors that GitHub gives to a page's headings. */
  private static Set<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(text(page))
        .results()
        .map(heading -> LINK.matcher(heading.group(1)).replaceAll("]"))
        .map(
            heading ->
                heading
                    .strip()
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                    .replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  private static String text(Path page) throws IOException {
    return CODE.matcher(Files.readString(page)).replaceAll("");
  }
}
