package com.gymcoach.bedrock.cloudwatch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Generates what is in {@code docs/monitoring}, from the names of {@link Metrics}. */
final class Monitoring {
  /** A Logs Insights query that is saved. */
  record Query(String id, String name, String text) {}

  /** The first two are contract.md's, word for word. */
  static final List<Query> QUERIES =
      List.of(
          new Query(
              "PerformanceBySource",
              "bedrock-cache/performance: hits by source",
              "fields @timestamp, %s, %s, %s | filter %s = true | stats count() by %s"
                  .formatted(
                      Metrics.LOG_CACHED,
                      Metrics.LOG_SOURCE,
                      Metrics.LOG_AGE,
                      Metrics.LOG_CACHED,
                      Metrics.LOG_SOURCE)),
          new Query(
              "ErrorsOverTime",
              "bedrock-cache/errors: over time",
              "fields @timestamp, @message | filter @message like /error/i | stats count() by"
                  + " bin(5m)"),
          new Query(
              "PerformanceByEndpoint",
              "bedrock-cache/performance: time by endpoint and source",
              "filter ispresent(%s) | stats count() as calls, avg(%s) as averageMs, pct(%s, 95) as p95Ms by %s, %s | sort %s"
                  .formatted(
                      Metrics.LOG_LATENCY,
                      Metrics.LOG_LATENCY,
                      Metrics.LOG_LATENCY,
                      Metrics.LOG_ENDPOINT,
                      Metrics.LOG_SOURCE,
                      Metrics.LOG_ENDPOINT)),
          new Query(
              "ErrorsByEndpoint",
              "bedrock-cache/errors: failed calls by endpoint and model",
              "filter %s = \"error\" | stats count() as failed by %s, %s | sort failed desc"
                  .formatted(Metrics.LOG_STATUS, Metrics.LOG_ENDPOINT, Metrics.LOG_MODEL)),
          new Query(
              "ErrorsOfTheCache",
              "bedrock-cache/errors: the cache's own, which no caller noticed",
              "filter ispresent(%s) | stats count() as times by %s | sort times desc"
                  .formatted(Metrics.LOG_FAULT, Metrics.LOG_FAULT)),
          new Query(
              "CostByEndpoint",
              "bedrock-cache/cost: saved by endpoint and model",
              "filter ispresent(%s) | stats sum(%s) as savedUsd, sum(%s) as tokensIn, sum(%s) as tokensOut, count() as calls by %s, %s | sort savedUsd desc"
                  .formatted(
                      Metrics.LOG_COST_SAVED,
                      Metrics.LOG_COST_SAVED,
                      Metrics.LOG_INPUT_TOKENS,
                      Metrics.LOG_OUTPUT_TOKENS,
                      Metrics.LOG_ENDPOINT,
                      Metrics.LOG_MODEL)),
          new Query(
              "CostOverTime",
              "bedrock-cache/cost: saved by hour",
              "filter ispresent(%s) | stats sum(%s) as savedUsd by bin(1h)"
                  .formatted(Metrics.LOG_COST_SAVED, Metrics.LOG_COST_SAVED)));

  private static final String NAMESPACE = "${Namespace}";
  private static final String REGION = "${AWS::Region}";
  static final String ERROR_RATE = "100 * FILL(e, 0) / (FILL(e, 0) + FILL(n, 0))";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Monitoring() {}

  /** Returns the files by name. */
  static Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("dashboard.json", json(dashboard()));
    files.put("alarms.json", json(MonitoringAlarms.template()));
    files.put("queries.json", json(queries()));
    return files;
  }

  private static Map<String, Object> dashboard() {
    return map(
        "AWSTemplateFormatVersion",
        "2010-09-09",
        "Description",
        "Dashboard on bedrock-cache. Generated: see docs/metrics.md.",
        "Parameters",
        map("Namespace", parameter(Metrics.NAMESPACE), "DashboardName", parameter("bedrock-cache")),
        "Resources",
        map(
            "Dashboard",
            map(
                "Type",
                "AWS::CloudWatch::Dashboard",
                "Properties",
                map(
                    "DashboardName",
                    ref("DashboardName"),
                    "DashboardBody",
                    map("Fn::Sub", JSON.valueToTree(dashboardBody()).toString())))));
  }

  /**
   * For {@code Fn::Sub}, which fills region and namespace in: what CloudWatch is to fill in has a
   * "!".
   */
  private static Map<String, Object> dashboardBody() {
    return Map.of(
        "widgets",
        List.of(
            widget(
                0,
                0,
                "Hit rate, percent",
                byEndpoint(Metrics.CACHE_HIT_RATE, "Average"),
                total(Metrics.CACHE_HIT_RATE, "Average", "all")),
            widget(
                12,
                0,
                "Response time, ms",
                search(
                    Metrics.RESPONSE_TIME,
                    "p95",
                    "p95, cached ${!PROP('Dim." + Metrics.CACHED + "')}",
                    Metrics.ENDPOINT,
                    Metrics.CACHED),
                total(Metrics.RESPONSE_TIME, "Average", "average of all")),
            widget(
                0,
                6,
                "Cost saved, USD",
                byEndpoint(Metrics.COST_SAVED, "Sum"),
                total(Metrics.COST_SAVED, "Sum", "all")),
            widget(
                12,
                6,
                "Error rate, percent",
                List.of(map("expression", ERROR_RATE, "id", "rate", "label", "failed calls")),
                hidden(Metrics.BEDROCK_ERRORS, "Sum", "e"),
                hidden(Metrics.RESPONSE_TIME, "SampleCount", "n")),
            widget(
                0,
                12,
                "Cost of Bedrock's answers, USD",
                byEndpoint(Metrics.BEDROCK_COST, "Sum"),
                total(Metrics.BEDROCK_COST, "Sum", "all"))));
  }

  private static Map<String, Object> widget(int x, int y, String title, Object... metrics) {
    return map(
        "type",
        "metric",
        "x",
        x,
        "y",
        y,
        "width",
        12,
        "height",
        6,
        "properties",
        map(
            "title",
            title,
            "region",
            REGION,
            "view",
            "timeSeries",
            "period",
            300,
            "yAxis",
            map("left", map("min", 0)),
            "metrics",
            List.of(metrics)));
  }

  private static List<Object> byEndpoint(Metrics metric, String statistic) {
    return search(metric, statistic, "${!PROP('Dim." + Metrics.ENDPOINT + "')}", Metrics.ENDPOINT);
  }

  private static List<Object> search(
      Metrics metric, String statistic, String label, String... dimensions) {
    return List.of(
        map(
            "expression",
            "SEARCH('{%s,%s} MetricName=\"%s\"', '%s', 300)"
                .formatted(NAMESPACE, String.join(",", dimensions), metric.metric(), statistic),
            "id",
            "each",
            "label",
            label));
  }

  private static List<Object> total(Metrics metric, String statistic, String label) {
    return List.of(NAMESPACE, metric.metric(), map("stat", statistic, "label", label, "id", "all"));
  }

  private static List<Object> hidden(Metrics metric, String statistic, String id) {
    return List.of(NAMESPACE, metric.metric(), map("stat", statistic, "id", id, "visible", false));
  }

  private static Map<String, Object> queries() {
    Map<String, Object> resources = new LinkedHashMap<>();
    for (Query query : QUERIES) {
      resources.put(
          query.id(),
          map(
              "Type",
              "AWS::Logs::QueryDefinition",
              "Properties",
              map(
                  "Name", query.name(),
                  "LogGroupNames", List.of(ref("LogGroup")),
                  "QueryString", query.text())));
    }
    return map(
        "AWSTemplateFormatVersion",
        "2010-09-09",
        "Description",
        "Logs Insights queries on bedrock-cache. Generated: see docs/metrics.md.",
        "Parameters",
        map("LogGroup", parameter("/aws/lambda/gymcoach-ai-service")),
        "Resources",
        resources);
  }

  static Map<String, Object> parameter(String byDefault) {
    return map("Type", "String", "Default", byDefault);
  }

  static Map<String, Object> ref(String name) {
    return map("Ref", name);
  }

  /** In the order given, so that the files stay as they are. */
  static Map<String, Object> map(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  private static String json(Object value) {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n"));
    try {
      return JSON.writer(printer).writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
