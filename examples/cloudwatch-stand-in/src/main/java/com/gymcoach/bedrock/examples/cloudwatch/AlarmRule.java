package com.gymcoach.bedrock.examples.cloudwatch;

import static com.gymcoach.bedrock.examples.cloudwatch.Template.list;
import static com.gymcoach.bedrock.examples.cloudwatch.Template.object;

import com.gymcoach.bedrock.examples.cloudwatch.MetricData.Name;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An alarm as a template has it, and the state it is in on given metrics. It follows what AWS
 * documents in "Configuring how CloudWatch alarms treat missing data" and "Using math expressions
 * with CloudWatch metrics", as far as the templates use it; anything else is an error.
 */
public final class AlarmRule {
  /** The states that are told apart here. */
  public enum State {
    OK,
    ALARM
  }

  /**
   * CloudWatch looks at more periods than it evaluates, and does not say at how many: in its
   * examples, at two more.
   */
  private static final int EXTRA_PERIODS = 2;

  private final Map<String, Object> alarm;
  private final Map<String, Map<String, Object>> queries = new HashMap<>();
  private final String returned;
  private final int minutes;

  /** Takes the properties of an alarm, with all functions worked out. */
  public AlarmRule(Map<String, Object> alarm) {
    this.alarm = alarm;
    String result = "";
    int longest = 0;
    for (Object each : alarm.containsKey("Metrics") ? list(alarm.get("Metrics")) : one(alarm)) {
      Map<String, Object> query = object(each);
      String id = text(query, "Id");
      queries.put(id, query);
      if (Boolean.TRUE.equals(query.get("ReturnData"))) {
        result = id;
      }
      if (query.containsKey("MetricStat")) {
        longest = Math.max(longest, number(object(query.get("MetricStat")), "Period") / 60);
      }
    }
    this.returned = result;
    this.minutes = longest;
  }

  /** Returns an alarm of one metric in the form of those of several. */
  private static List<Object> one(Map<String, Object> alarm) {
    Map<String, Object> metric = new HashMap<>(alarm);
    metric.keySet().retainAll(List.of("Namespace", "MetricName", "Dimensions"));
    return List.of(
        Map.of(
            "Id",
            "only",
            "ReturnData",
            true,
            "MetricStat",
            Map.of(
                "Metric",
                metric,
                "Period",
                number(alarm, "Period"),
                "Stat",
                text(alarm, "Statistic"))));
  }

  /**
   * Returns whether an alarm that was made in minute 0 has been there long enough at the end of a
   * minute: before, all values of earlier minutes would be missing.
   */
  public boolean isReady(int minute) {
    int range = (number(alarm, "EvaluationPeriods") + EXTRA_PERIODS) * minutes;
    return minute + 1 >= range || text(alarm, "TreatMissingData").equals("notBreaching");
  }

  /** Returns the state at the end of a minute; a period that is not over yet is not looked at. */
  public State at(int minute, MetricData data) {
    int end = (minute + 1) / minutes * minutes;
    List<@Nullable Double> range = new ArrayList<>(); // the newest last
    int periods = number(alarm, "EvaluationPeriods");
    for (int back = periods + EXTRA_PERIODS; back > 0; back--) {
      range.add(value(returned, end - back * minutes, data));
    }
    return evaluated(range);
  }

  /** Returns the state for the values of the evaluation range, the newest last. */
  State evaluated(List<@Nullable Double> range) {
    int periods = number(alarm, "EvaluationPeriods");
    int needed =
        alarm.containsKey("DatapointsToAlarm") ? number(alarm, "DatapointsToAlarm") : periods;
    List<Double> present = new ArrayList<>();
    for (Double value : range) {
      if (value != null) {
        present.add(value);
      }
    }
    // With enough values missing ones do not matter; otherwise as few as possible are made up.
    List<Double> judged = present.subList(Math.max(0, present.size() - periods), present.size());
    long breaching = judged.stream().filter(this::breaches).count();
    int missing = Math.max(0, periods - present.size());
    breaching +=
        switch (text(alarm, "TreatMissingData")) {
          case "breaching" -> missing;
          case "notBreaching" -> 0;
          default -> throw new IllegalArgumentException("Not known here: " + alarm);
        };
    return breaching >= needed ? State.ALARM : State.OK;
  }

  private boolean breaches(double value) {
    double threshold = Double.parseDouble(text(alarm, "Threshold"));
    return switch (text(alarm, "ComparisonOperator")) {
      case "GreaterThanThreshold" -> value > threshold;
      case "LessThanThreshold" -> value < threshold;
      default -> throw new IllegalArgumentException("Not known here: " + alarm);
    };
  }

  /** Returns what a query comes to in the period from a minute on, or null if nothing. */
  private @Nullable Double value(String id, int fromMinute, MetricData data) {
    Map<String, Object> query = queries.get(id);
    if (query == null) {
      throw new IllegalArgumentException("There is no metric " + id + " in " + alarm);
    }
    if (query.containsKey("Expression")) {
      return new MetricMath(text(query, "Expression"), other -> value(other, fromMinute, data))
          .value();
    }
    Map<String, Object> stat = object(query.get("MetricStat"));
    Map<String, Object> metric = object(stat.get("Metric"));
    Map<String, String> dimensions = new TreeMap<>();
    if (metric.containsKey("Dimensions")) {
      for (Object each : list(metric.get("Dimensions"))) {
        dimensions.put(text(object(each), "Name"), text(object(each), "Value"));
      }
    }
    Name name = new Name(text(metric, "Namespace"), text(metric, "MetricName"), dimensions);
    return data.statistic(name, text(stat, "Stat"), fromMinute, minutes);
  }

  private static String text(Map<String, Object> object, String name) {
    return object.getOrDefault(name, "").toString();
  }

  private static int number(Map<String, Object> object, String name) {
    return Integer.parseInt(text(object, name));
  }
}
