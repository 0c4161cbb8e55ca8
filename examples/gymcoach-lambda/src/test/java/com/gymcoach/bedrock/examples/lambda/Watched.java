package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.cloudwatch.Template.list;
import static com.gymcoach.bedrock.examples.cloudwatch.Template.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.gymcoach.bedrock.examples.cloudwatch.Template;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The cache's metrics that a template's alarms and dashboard read. */
final class Watched {
  private static final Pattern SEARCH =
      Pattern.compile("SEARCH\\('\\{([^}]+)} MetricName=\"(\\w+)\"'.*");

  private Watched() {}

  /** Returns namespace, names of dimensions, and name of each. */
  static Set<String> metrics(Template template) throws IOException {
    Set<String> metrics = new TreeSet<>();
    Template alarms = template.nested("Alarms");
    for (String alarm : alarms.section("Resources").keySet()) {
      for (Object metric : list(alarms.properties(alarm).get("Metrics"))) {
        if (object(metric).get("MetricStat") instanceof Map<?, ?> stat) {
          Map<String, Object> read = object(stat.get("Metric"));
          if (!"AWS/DynamoDB".equals(read.get("Namespace"))) {
            List<Object> names = new ArrayList<>(List.of(read.getOrDefault("Namespace", "")));
            for (Object dimension : list(read.getOrDefault("Dimensions", List.of()))) {
              names.add(object(dimension).get("Name"));
            }
            metrics.add(names + " " + read.get("MetricName"));
          }
        }
      }
    }
    Object body =
        template.nested("Dashboard").properties("Dashboard").getOrDefault("DashboardBody", "");
    for (JsonNode widget : new ObjectMapper().readTree(body.toString()).path("widgets")) {
      for (JsonNode metric : widget.at("/properties/metrics")) {
        Matcher search = SEARCH.matcher(metric.path(0).path("expression").asText());
        if (search.matches()) {
          List<String> names = new ArrayList<>(Arrays.asList(search.group(1).split(",", -1)));
          metrics.add(names + " " + search.group(2));
        } else if (metric.path(0).isTextual()) {
          metrics.add(List.of(metric.path(0).asText()) + " " + metric.path(1).asText());
        }
      }
    }
    return metrics;
  }
}
