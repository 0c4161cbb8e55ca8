package com.gymcoach.bedrock.micrometer;

import java.util.ArrayList;
import java.util.List;

/** The Grafana dashboard, made of the names that the sink uses. */
final class GrafanaDashboard {
  /** A panel: its title, Grafana's unit, and its queries. */
  private record Panel(String title, String unit, List<Query> queries) {}

  /** A query in PromQL, and the legend of its series. */
  record Query(String text, String legend) {}

  private static final String HERE = Names.ENDPOINT + "=~\"$endpoint\"";

  private static final List<Panel> PANELS =
      List.of(
          new Panel(
              "Hit rate by endpoint",
              "percent",
              List.of(
                  new Query(
                      "100 * "
                          + rate(Names.REQUESTS, "result=~\"hit|coalesced\"", Names.ENDPOINT)
                          + " / "
                          + rate(Names.REQUESTS, "result=~\"hit|coalesced|miss\"", Names.ENDPOINT),
                      "{{endpoint}}"))),
          new Panel(
              "Calls by result",
              "reqps",
              List.of(new Query(rate(Names.REQUESTS, "", Names.RESULT), "{{result}}"))),
          new Panel(
              "Money saved per hour, net",
              "currencyUSD",
              List.of(
                  new Query(
                      "3600 * ("
                          + total(usd(Names.SAVED), "")
                          + " - ("
                          + total(usd(Names.COST), "kind=~\"refresh|store\"")
                          + " or vector(0)))",
                      "saved"))),
          new Panel(
              "Cost per hour",
              "currencyUSD",
              List.of(
                  new Query(
                      "3600 * sum by (kind) (rate(" + usd(Names.COST) + "{" + HERE + "}[5m]))",
                      "{{kind}}"))),
          new Panel(
              "Mean latency by source",
              "s",
              List.of(new Query(mean(Names.LATENCY, Names.SOURCE), "{{source}}"))),
          new Panel(
              "Mean latency of the store",
              "s",
              List.of(new Query(mean(Names.STORE_CALLS, Names.ENDPOINT), "{{endpoint}}"))),
          new Panel(
              "Faults (STORE_UNAVAILABLE: the circuit breaker is open)",
              "ops",
              List.of(new Query(rate(Names.FAULTS, "", Names.FAULT), "{{fault}}"))),
          new Panel(
              "Bypasses and refusals by reason",
              "ops",
              List.of(
                  new Query(rate(Names.BYPASSES, "", Names.REASON), "bypass {{reason}}"),
                  new Query(rate(Names.REFUSALS, "", Names.REASON), "not kept {{reason}}"))),
          new Panel(
              "Memory",
              "bytes",
              List.of(
                  new Query("sum(" + bytes(Names.MEMORY_USED) + ")", "used"),
                  new Query("sum(" + bytes(Names.MEMORY_MAX) + ")", "maximum"))),
          new Panel(
              "Open circuit breakers",
              "none",
              List.of(new Query("sum(" + plain(Names.BREAKERS_OPEN) + ")", "open"))),
          new Panel(
              "Invalidations by endpoint",
              "ops",
              List.of(new Query(rate(Names.INVALIDATIONS, "", Names.ENDPOINT), "{{endpoint}}"))));

  private GrafanaDashboard() {}

  private static String plain(String meter) {
    return meter.replace('.', '_');
  }

  private static String usd(String meter) {
    return plain(meter) + "_" + Names.USD + "_total";
  }

  private static String bytes(String meter) {
    return plain(meter) + "_" + Names.BYTES;
  }

  private static String rate(String counter, String filter, String by) {
    return "sum by (" + by + ") (" + rated(plain(counter) + "_total", filter) + ")";
  }

  private static String total(String metric, String filter) {
    return "sum(" + rated(metric, filter) + ")";
  }

  private static String rated(String metric, String filter) {
    return "rate(" + metric + "{" + HERE + (filter.isEmpty() ? "" : "," + filter) + "}[5m])";
  }

  private static String mean(String timer, String by) {
    String seconds = plain(timer) + "_seconds";
    return "sum by ("
        + by
        + ") ("
        + rated(seconds + "_sum", "")
        + ") / sum by ("
        + by
        + ") ("
        + rated(seconds + "_count", "")
        + ")";
  }

  static List<Query> queries() {
    return PANELS.stream().flatMap(panel -> panel.queries().stream()).toList();
  }

  static String json() {
    List<String> panels = new ArrayList<>();
    for (int i = 0; i < PANELS.size(); i++) {
      panels.add(json(PANELS.get(i), i));
    }
    return """
        {
          "title": "Bedrock cache",
          "uid": "bedrock-cache",
          "schemaVersion": 39,
          "time": {"from": "now-6h", "to": "now"},
          "templating": {
            "list": [
              {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"},
              {
                "name": "endpoint",
                "type": "query",
                "datasource": {"type": "prometheus", "uid": "${source}"},
                "query": "label_values(%s_total, %s)",
                "includeAll": true,
                "allValue": ".*",
                "multi": true,
                "current": {"text": "All", "value": "$__all"}
              }
            ]
          },
          "panels": [
        %s
          ]
        }
        """
        .formatted(plain(Names.REQUESTS), Names.ENDPOINT, String.join(",\n", panels));
  }

  private static String json(Panel panel, int index) {
    List<String> targets = new ArrayList<>();
    for (Query query : panel.queries()) {
      targets.add(
          "        {\"refId\": \"%s\", \"expr\": %s, \"legendFormat\": %s}"
              .formatted(
                  (char) ('A' + targets.size()), quoted(query.text()), quoted(query.legend())));
    }
    return """
            {
              "id": %d,
              "type": "timeseries",
              "title": %s,
              "datasource": {"type": "prometheus", "uid": "${source}"},
              "gridPos": {"x": %d, "y": %d, "w": 12, "h": 8},
              "fieldConfig": {"defaults": {"unit": "%s"}, "overrides": []},
              "targets": [
        %s
              ]
            }"""
        .formatted(
            index + 1,
            quoted(panel.title()),
            index % 2 * 12,
            index / 2 * 8,
            panel.unit(),
            String.join(",\n", targets));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
