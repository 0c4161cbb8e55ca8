package com.gymcoach.bedrock.examples.cloudwatch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Metrics as CloudWatch keeps them, by the minute. Thread-safe. */
public final class MetricData {
  /** A metric's name, and the dimensions that tell it from others of that name. */
  public record Name(String namespace, String metric, Map<String, String> dimensions) {}

  private static final JsonMapper JSON = new JsonMapper();

  private final Map<Name, TreeMap<Integer, List<Double>>> values = new HashMap<>();

  public synchronized void add(Name name, int minute, double value) {
    values
        .computeIfAbsent(name, absent -> new TreeMap<>())
        .computeIfAbsent(minute, absent -> new ArrayList<>())
        .add(value);
  }

  /** Adds what CloudWatch extracts from a line in its Embedded Metric Format. */
  public synchronized void addLine(String line, int minute) {
    JsonNode root;
    try {
      root = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
    for (JsonNode directive : root.at("/_aws/CloudWatchMetrics")) {
      for (JsonNode set : directive.path("Dimensions")) {
        Map<String, String> dimensions = new TreeMap<>();
        set.forEach(name -> dimensions.put(name.asText(), root.path(name.asText()).asText()));
        for (JsonNode metric : directive.path("Metrics")) {
          String name = metric.path("Name").asText();
          add(
              new Name(directive.path("Namespace").asText(), name, dimensions),
              minute,
              root.path(name).asDouble());
        }
      }
    }
  }

  /** Returns a statistic of some minutes, or null if there is no value in them. */
  public synchronized @Nullable Double statistic(
      Name name, String statistic, int fromMinute, int minutes) {
    List<Double> found = new ArrayList<>();
    values
        .getOrDefault(name, new TreeMap<>())
        .subMap(fromMinute, fromMinute + minutes)
        .values()
        .forEach(found::addAll);
    if (found.isEmpty()) {
      return null;
    }
    double sum = found.stream().mapToDouble(value -> value).sum();
    return switch (statistic) {
      case "Sum" -> sum;
      case "SampleCount" -> (double) found.size();
      case "Average" -> sum / found.size();
      default -> throw new IllegalArgumentException(statistic + " is not known here");
    };
  }
}
