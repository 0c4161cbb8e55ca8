package com.gymcoach.bedrock.cloudwatch;

import static com.gymcoach.bedrock.cloudwatch.Monitoring.map;
import static com.gymcoach.bedrock.cloudwatch.Monitoring.parameter;
import static com.gymcoach.bedrock.cloudwatch.Monitoring.ref;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Generates {@code alarms.json}, from the names of {@link Metrics} and {@link CacheFault}. */
final class MonitoringAlarms {
  private static final String NO_TOPIC = "none"; // an empty text is no ARN, say validators
  private static final String ABOVE = "GreaterThanThreshold";
  private static final String BELOW = "LessThanThreshold";
  private static final String GOOD = "notBreaching";

  /** Faults of requests to the table that were made and failed or were late. */
  private static final List<CacheFault> TABLE_FAULTS =
      List.of(
          CacheFault.STORE_READ_FAILED,
          CacheFault.STORE_READ_TIMEOUT,
          CacheFault.STORE_WRITE_FAILED,
          CacheFault.STORE_WRITE_TIMEOUT);

  /** Faults of entries that were altered, moved, or written with another key. */
  private static final List<CacheFault> ENTRY_FAULTS =
      List.of(CacheFault.ENTRY_CORRUPT, CacheFault.ENTRY_CHECKSUM, CacheFault.ENTRY_SEAL);

  /**
   * When an alarm goes off: {@code breaching} of the last {@code periods} values are beyond the
   * threshold.
   */
  private record Rule(
      String comparison, double threshold, int breaching, int periods, String missing) {}

  private MonitoringAlarms() {}

  static Map<String, Object> template() {
    Map<String, Object> alarms = alarms();
    Map<String, Object> outputs = new LinkedHashMap<>(); // what rolls a deployment back names them
    alarms.forEach(
        (name, alarm) -> {
          if (!name.equals("NoMetrics")) { // it may not be there
            outputs.put(name, map("Value", ref(name)));
          }
        });
    return map(
        "AWSTemplateFormatVersion",
        "2010-09-09",
        "Description",
        "Alarms on bedrock-cache. Generated: see docs/metrics.md.",
        "Parameters",
        map(
            "Namespace", parameter(Metrics.NAMESPACE),
            "TableName", parameter("gymcoach-ai-main"),
            "TopicArn", parameter(NO_TOPIC),
            "PagingTopicArn", parameter(NO_TOPIC),
            "ExpectMetrics", parameter("true")),
        "Conditions",
        map(
            "HasTopic", isSet("TopicArn"),
            "HasPagingTopic", isSet("PagingTopicArn"),
            "ExpectsMetrics", map("Fn::Equals", List.of(ref("ExpectMetrics"), "true"))),
        "Resources",
        alarms,
        "Outputs",
        outputs);
  }

  private static Map<String, Object> alarms() {
    Map<String, Object> alarms = new LinkedHashMap<>();
    alarms.put(
        "HitRateLow",
        alarm(
            "The hit rate has been under 40 % for 6 hours",
            new Rule(BELOW, 40, 6, 6, GOOD),
            metric("rate", Metrics.CACHE_HIT_RATE, 3_600, "Average", true)));
    alarms.put(
        "ErrorRateHigh",
        alarm(
            "More than 1 % of calls fail",
            new Rule(ABOVE, 1, 3, 3, GOOD),
            expression("failed calls, percent", Monitoring.ERROR_RATE),
            metric("e", Metrics.BEDROCK_ERRORS, 300, "Sum", false),
            metric("n", Metrics.RESPONSE_TIME, 300, "SampleCount", false)));
    alarms.put(
        "ResponseTimeHigh",
        alarm(
            "Calls take more than 500 ms on average",
            new Rule(ABOVE, 500, 3, 3, GOOD),
            metric("time", Metrics.RESPONSE_TIME, 300, "Average", true)));
    alarms.put(
        "TableThrottled",
        alarm(
            "DynamoDB throttles the cache's table",
            new Rule(ABOVE, 0, 1, 1, GOOD),
            expression("throttled requests", "FILL(r, 0) + FILL(w, 0)"),
            table("r", "ReadThrottleEvents"),
            table("w", "WriteThrottleEvents")));
    alarms.put(
        "InvalidationFailed",
        notifying(
            pagingTopic(),
            "An invalidation was not acknowledged: answers may be served that must not be",
            new Rule(ABOVE, 0, 1, 1, GOOD),
            fault("failed", CacheFault.INVALIDATION_FAILED, 60, true)));
    alarms.put(
        "BreakerOpen",
        alarm(
            "The circuit breaker of the table has been open for 10 minutes",
            new Rule(ABOVE, 0, 10, 10, GOOD),
            fault("open", CacheFault.STORE_UNAVAILABLE, 60, true)));
    alarms.put("StoreFailing", storeFailing());
    alarms.put("EntriesRejected", entriesRejected());
    Map<String, Object> noMetrics =
        alarm(
            "The cache has sent no metrics for 15 minutes: no calls, or switched off, or broken",
            new Rule(BELOW, 1, 3, 3, "breaching"),
            // Without FILL it would go off only when no value is left in CloudWatch's longer range.
            expression("calls answered", "FILL(n, 0)"),
            metric("n", Metrics.RESPONSE_TIME, 300, "SampleCount", false));
    noMetrics.put("Condition", "ExpectsMetrics");
    alarms.put("NoMetrics", noMetrics);
    return alarms;
  }

  private static Map<String, Object> storeFailing() {
    List<Object> metrics = new ArrayList<>();
    List<String> terms = new ArrayList<>();
    for (CacheFault fault : TABLE_FAULTS) {
      String id = "f" + terms.size();
      terms.add("FILL(" + id + ", 0)");
      metrics.add(fault(id, fault, 300, false));
    }
    metrics.add(
        0,
        expression(
            "requests to the table that failed, percent of calls",
            "100 * (" + String.join(" + ", terms) + ") / (FILL(h, 0) + FILL(m, 0))"));
    metrics.add(metric("h", Metrics.CACHE_HITS, 300, "Sum", false));
    metrics.add(metric("m", Metrics.CACHE_MISSES, 300, "Sum", false));
    return alarm(
        "Requests to the table fail or are late, more than 5 for 100 calls",
        new Rule(ABOVE, 5, 3, 3, GOOD),
        metrics.toArray());
  }

  private static Map<String, Object> entriesRejected() {
    List<Object> metrics = new ArrayList<>();
    List<String> terms = new ArrayList<>();
    for (CacheFault fault : ENTRY_FAULTS) {
      String id = "f" + terms.size();
      terms.add("FILL(" + id + ", 0)");
      metrics.add(fault(id, fault, 300, false));
    }
    metrics.add(0, expression("entries rejected", String.join(" + ", terms)));
    return alarm(
        "Entries in the table were altered, or sealed with a key that is not configured",
        new Rule(ABOVE, 0, 1, 1, GOOD),
        metrics.toArray());
  }

  private static Map<String, Object> isSet(String topic) {
    return map("Fn::Not", List.of(map("Fn::Equals", List.of(ref(topic), NO_TOPIC))));
  }

  private static Map<String, Object> alarm(String description, Rule rule, Object... metrics) {
    return notifying(usualTopic(), description, rule, metrics);
  }

  private static Map<String, Object> usualTopic() {
    return chosen("HasTopic", List.of(ref("TopicArn")), ref("AWS::NoValue"));
  }

  /** The pager's topic in place of the usual one, if there is one. */
  private static Map<String, Object> pagingTopic() {
    return chosen("HasPagingTopic", List.of(ref("PagingTopicArn")), usualTopic());
  }

  private static Map<String, Object> notifying(
      Object topic, String description, Rule rule, Object... metrics) {
    Map<String, Object> properties =
        map(
            "AlarmDescription", description,
            "ComparisonOperator", rule.comparison,
            "Threshold", rule.threshold,
            "EvaluationPeriods", rule.periods,
            "DatapointsToAlarm", rule.breaching,
            "TreatMissingData", rule.missing,
            "AlarmActions", topic,
            "OKActions", topic,
            "Metrics", List.of(metrics));
    return map("Type", "AWS::CloudWatch::Alarm", "Properties", properties);
  }

  private static Map<String, Object> chosen(String condition, Object one, Object other) {
    return map("Fn::If", List.of(condition, one, other));
  }

  private static Map<String, Object> expression(String label, String expression) {
    return map("Id", "result", "Label", label, "Expression", expression, "ReturnData", true);
  }

  private static Map<String, Object> metric(
      String id, Metrics metric, int period, String statistic, boolean returned) {
    Map<String, Object> named = map("Namespace", ref("Namespace"), "MetricName", metric.metric());
    return stat(id, returned, named, period, statistic);
  }

  /** A fault at all endpoints together. */
  private static Map<String, Object> fault(
      String id, CacheFault fault, int period, boolean returned) {
    Map<String, Object> named =
        map("Namespace", ref("Namespace"), "MetricName", Metrics.STORE_ERRORS.metric());
    named.put("Dimensions", List.of(map("Name", Metrics.FAULT, "Value", fault.name())));
    return stat(id, returned, named, period, "Sum");
  }

  private static Map<String, Object> table(String id, String metric) {
    Map<String, Object> named = map("Namespace", "AWS/DynamoDB", "MetricName", metric);
    named.put("Dimensions", List.of(map("Name", "TableName", "Value", ref("TableName"))));
    return stat(id, false, named, 300, "Sum");
  }

  private static Map<String, Object> stat(
      String id, boolean returned, Map<String, Object> metric, int period, String statistic) {
    return map(
        "Id", id,
        "ReturnData", returned,
        "MetricStat", map("Metric", metric, "Period", period, "Stat", statistic));
  }
}
