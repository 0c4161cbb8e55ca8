package com.gymcoach.bedrock.examples.load.day;

import com.gymcoach.bedrock.examples.cloudwatch.AlarmRule;
import com.gymcoach.bedrock.examples.cloudwatch.AlarmRule.State;
import com.gymcoach.bedrock.examples.cloudwatch.MetricData;
import com.gymcoach.bedrock.examples.cloudwatch.Template;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The alarms of the function's template, evaluated each minute. Not thread-safe. */
final class Alarms {
  private static final String PAGES = "the pager's topic";
  private static final Map<String, Object> PARAMETERS =
      Map.of(
          "Release", "1",
          "JwtIssuer", "https://issuer.example",
          "JwtAudience", List.of("app"),
          "TopicArn", "the operators' topic",
          "PagingTopicArn", PAGES);

  /** A time during which an alarm was on. The end is null if it still is. */
  record Ring(String alarm, int from, @Nullable Integer to) {}

  private final MetricData metrics;
  private final Map<String, AlarmRule> rules = new TreeMap<>();
  private final Set<String> paging = new TreeSet<>();
  private final Set<String> rollingBack = new TreeSet<>();
  private final Map<String, Integer> on = new TreeMap<>();
  private final List<Ring> over = new ArrayList<>();

  /** Reads the alarms of a template and of its nested one. */
  Alarms(Path file, MetricData metrics) {
    this.metrics = metrics;
    Template template = Template.read(file, PARAMETERS);
    add(template);
    add(template.nested("Alarms"));
    Object preference = template.properties("Function").get("DeploymentPreference");
    for (Object alarm : Template.list(Template.object(preference).get("Alarms"))) {
      rollingBack.add(alarm.toString().replaceAll("[<>]", ""));
    }
    if (!rules.keySet().containsAll(rollingBack)) {
      throw new IllegalArgumentException("Not all of " + rollingBack + " are alarms");
    }
  }

  private void add(Template template) {
    template
        .ofType("AWS::CloudWatch::Alarm")
        .forEach(
            (name, alarm) -> {
              rules.put(name, new AlarmRule(alarm));
              if (Template.list(alarm.get("AlarmActions")).contains(PAGES)) {
                paging.add(name);
              }
            });
  }

  /** Evaluates all alarms at the end of a minute. */
  void evaluate(int minute) {
    rules.forEach(
        (name, rule) -> {
          boolean isOn = rule.isReady(minute) && rule.at(minute, metrics) == State.ALARM;
          Integer since = isOn ? on.putIfAbsent(name, minute) : on.remove(name);
          if (!isOn && since != null) {
            over.add(new Ring(name, since, minute));
          }
        });
  }

  Set<String> names() {
    return rules.keySet();
  }

  /** Returns the alarms that are on. */
  Set<String> on() {
    return new TreeSet<>(on.keySet());
  }

  /** Returns those that are on and roll a deployment back. */
  Set<String> onAndRollingBack() {
    Set<String> both = on();
    both.retainAll(rollingBack);
    return both;
  }

  /** Returns when an alarm was on. */
  List<Ring> rings(String alarm) {
    List<Ring> rings =
        new ArrayList<>(over.stream().filter(ring -> ring.alarm.equals(alarm)).toList());
    Integer since = on.get(alarm);
    if (since != null) {
      rings.add(new Ring(alarm, since, null));
    }
    return rings;
  }

  /** Returns what an alarm does. */
  String action(String alarm) {
    String told = paging.contains(alarm) ? "pages" : "notifies";
    return rollingBack.contains(alarm) ? told + ", rolls back" : told;
  }
}
