package com.gymcoach.bedrock.examples.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Explains reasons and faults in the words of the repository's pages, so that the two never differ.
 * Immutable.
 */
final class Explanations {
  /** The beginning of an entry. Its further lines are indented. */
  private static final Pattern ENTRY =
      Pattern.compile("(?m)^- \\*\\*`([A-Z_]+)`\\*\\*: (.*(?:\\n  .*)*)");

  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta name="color-scheme" content="light dark">
          <title>Reasons and faults</title>
          <link rel="icon" href="/icon.svg">
          <link rel="stylesheet" href="/twin.css">
        </head>
        <body>
          <header>
            <img src="/icon.svg" alt="" width="40" height="40">
            <h1>Reasons and faults</h1>
            <p id="introduction">From docs/troubleshooting.md and docs/faults-of-the-cache.md.
              <a href="/">Back to the twin</a></p>
          </header>
          <main class="text">
      """;

  private final Map<String, String> reasons = entries("troubleshooting.md");
  private final Map<String, String> faults = entries("faults-of-the-cache.md");

  private static Map<String, String> entries(String page) {
    Map<String, String> entries = new LinkedHashMap<>();
    Matcher entry = ENTRY.matcher(text(page));
    while (entry.find()) {
      entries.put(entry.group(1), entry.group(2).replaceAll("\\s+", " ").strip());
    }
    return entries;
  }

  private static String text(String page) {
    try (InputStream in = Explanations.class.getResourceAsStream("docs/" + page)) {
      if (in == null) {
        throw new IllegalStateException("The page " + page + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the meaning of each reason and fault as plain text, by name. */
  ObjectNode meanings() {
    ObjectNode all = Replies.object();
    put(all.putObject("reasons"), reasons);
    put(all.putObject("faults"), faults);
    return all;
  }

  private static void put(ObjectNode to, Map<String, String> entries) {
    entries.forEach(
        (name, text) -> to.put(name, text.replaceFirst(" \\*Cause:\\*.*", "").replace("`", "")));
  }

  /** Returns a page with an anchor for each, such as {@code #reason-ABSENT}. */
  String page() {
    StringBuilder html = new StringBuilder(HEAD);
    section(html, "Reasons: why an answer came from Bedrock, or was not kept", "reason", reasons);
    section(html, "Faults: failures inside the cache that fail no call", "fault", faults);
    return html.append("    </main>\n  </body>\n</html>\n").toString();
  }

  private static void section(
      StringBuilder html, String title, String kind, Map<String, String> entries) {
    html.append("<section class=\"card\"><h2>").append(title).append("</h2><dl>\n");
    entries.forEach(
        (name, text) ->
            html.append("<dt id=\"%s-%s\"><code>%s</code></dt>".formatted(kind, name, name))
                .append("<dd>")
                .append(html(text))
                .append("</dd>\n"));
    html.append("</dl></section>\n");
  }

  /** Turns the little Markdown of an entry into HTML. Links lead to pages that are not here. */
  private static String html(String markdown) {
    return markdown
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
        .replaceAll("`([^`]*)`", "<code>$1</code>")
        .replaceAll("\\*([^*]+)\\*", "<em>$1</em>");
  }
}
