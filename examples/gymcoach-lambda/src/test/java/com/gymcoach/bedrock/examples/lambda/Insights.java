package com.gymcoach.bedrock.examples.lambda;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Enough of Logs Insights to run the saved queries on log lines: fields, filter by {@code =},
 * {@code like} and {@code ispresent}, stats by fields or by time, sort. What it does not know
 * fails. Case matters in names, as there.
 */
final class Insights {
  private static final Pattern IS_PRESENT = Pattern.compile("ispresent\\((\\w+)\\)");
  private static final Pattern EQUALS = Pattern.compile("(\\w+) = (?:\"(\\w+)\"|(true|false))");
  private static final Pattern LIKE = Pattern.compile("@message like /(\\w+)/i");
  private static final Pattern STATS = Pattern.compile("(.+) by (.+)");
  private static final Pattern TERM =
      Pattern.compile("(count|sum|avg|pct)\\((\\w*)(?:, (\\d+))?\\)(?: as (\\w+))?");
  private static final Pattern BIN = Pattern.compile("bin\\((\\d+)([mh])\\)");

  private static final Path QUERIES = Path.of("..", "..", "docs", "monitoring", "queries.json");

  private record Line(String message, JsonNode root) {}

  private Insights() {}

  /** Returns the rows of a saved query, by what they are grouped by. */
  static Map<String, Map<String, Double>> run(String id, List<String> lines) throws IOException {
    String query =
        Events.JSON
            .readTree(QUERIES.toFile())
            .at("/Resources/" + id + "/Properties/QueryString")
            .textValue();
    List<Line> kept = new ArrayList<>();
    for (String line : lines) {
      kept.add(new Line(line, Events.JSON.readTree(line)));
    }
    Map<String, Map<String, Double>> rows = new TreeMap<>();
    for (String step : query.split(" \\| ", -1)) {
      String[] words = step.split(" ", 2);
      switch (words[0]) {
        case "fields", "sort" -> {}
        case "filter" -> kept.removeIf(line -> !passes(words[1], line));
        case "stats" -> rows = stats(words[1], kept);
        default -> throw new AssertionError(step);
      }
    }
    return rows;
  }

  private static boolean passes(String condition, Line line) {
    Matcher present = IS_PRESENT.matcher(condition);
    if (present.matches()) {
      return line.root().has(present.group(1));
    }
    Matcher like = LIKE.matcher(condition);
    if (like.matches()) {
      return Pattern.compile(like.group(1), Pattern.CASE_INSENSITIVE)
          .matcher(line.message())
          .find();
    }
    Matcher equals = EQUALS.matcher(condition);
    if (equals.matches()) {
      JsonNode value = line.root().path(equals.group(1));
      return equals.group(2) != null
          ? value.isTextual() && value.asText().equals(equals.group(2))
          : value.isBoolean() && value.asText().equals(equals.group(3));
    }
    throw new AssertionError(condition);
  }

  private static Map<String, Map<String, Double>> stats(String step, List<Line> lines) {
    Matcher stats = STATS.matcher(step);
    if (!stats.matches()) {
      throw new AssertionError(step);
    }
    Map<String, List<Line>> groups = new TreeMap<>();
    for (Line line : lines) {
      groups.computeIfAbsent(key(stats.group(2), line), k -> new ArrayList<>()).add(line);
    }
    Map<String, Map<String, Double>> rows = new TreeMap<>();
    groups.forEach(
        (key, group) -> {
          Map<String, Double> row = new LinkedHashMap<>();
          Matcher term = TERM.matcher(stats.group(1));
          while (term.find()) {
            String as = term.group(4) == null ? term.group(1) : term.group(4);
            row.put(as, value(term, group));
          }
          rows.put(key, row);
        });
    return rows;
  }

  private static String key(String by, Line line) {
    Matcher bin = BIN.matcher(by);
    if (bin.matches()) {
      long millis = Long.parseLong(bin.group(1)) * (bin.group(2).equals("m") ? 60_000 : 3_600_000);
      return String.valueOf(time(line.root()) / millis * millis);
    }
    List<String> parts = new ArrayList<>();
    for (String field : by.split(", ", -1)) {
      parts.add(line.root().path(field).asText());
    }
    return String.join("|", parts);
  }

  /** When a line was written, which CloudWatch knows by itself. */
  private static long time(JsonNode line) {
    return line.has("@timestamp")
        ? Instant.parse(line.path("@timestamp").asText()).toEpochMilli()
        : line.at("/_aws/Timestamp").asLong();
  }

  private static double value(Matcher term, List<Line> group) {
    List<Double> numbers =
        group.stream()
            .map(line -> line.root().path(term.group(2)))
            .filter(JsonNode::isNumber)
            .map(JsonNode::asDouble)
            .sorted()
            .toList();
    double sum = numbers.stream().mapToDouble(Double::doubleValue).sum();
    return switch (term.group(1)) {
      case "count" -> group.size();
      case "sum" -> sum;
      case "avg" -> sum / numbers.size();
      default -> {
        int rank = (int) Math.ceil(numbers.size() * Integer.parseInt(term.group(3)) / 100.0);
        yield numbers.get(rank - 1);
      }
    };
  }
}
