package com.gymcoach.bedrock.examples.replay.logs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers the pairs of model and endpoint. Their number is limited: a value that differs from call
 * to call, taken for an endpoint by mistake, does not fill the memory or the report.
 */
final class Groups {
  static final int MOST = 100;
  private static final int LONGEST_MODEL = 200;

  static final Group OTHERS = new Group("(other models)", "(other endpoints)");
  private static final Pattern UNUSUAL = Pattern.compile("[^A-Za-z0-9._-]");

  /** What no id of a model has, and what could control the terminal. */
  private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x21-\\x7E]");

  private static final Pattern ROLE = Pattern.compile(".*:(?:assumed-role|role)/(?:.*/)?([^/]+)");
  private static final int LONGEST = 64;

  private final Map<Group, Integer> numbers = new HashMap<>();
  private final List<Group> groups = new ArrayList<>();

  /** A model and an endpoint. */
  record Group(String model, String endpoint) {}

  int of(String model, String endpoint) {
    Group group = new Group(printable(model), endpoint);
    Integer number = numbers.get(group);
    if (number != null) {
      return number;
    }
    if (groups.size() >= MOST) {
      group = OTHERS;
    }
    return numbers.computeIfAbsent(
        group,
        added -> {
          groups.add(added);
          return groups.size() - 1;
        });
  }

  List<Group> all() {
    return List.copyOf(groups);
  }

  private static String printable(String model) {
    String name = UNPRINTABLE.matcher(model).replaceAll("_");
    return name.substring(0, Math.min(LONGEST_MODEL, name.length()));
  }

  /** Returns a value as an endpoint name, with an underscore for each unusual character. */
  static String name(String value) {
    String name = UNUSUAL.matcher(value).replaceAll("_");
    return name.isEmpty() ? "(none)" : name.substring(0, Math.min(LONGEST, name.length()));
  }

  /**
   * Returns the endpoint that an identity stands for: the role, if it is one. The names of persons
   * are not reported.
   */
  static String ofIdentity(String arn) {
    int session = arn.lastIndexOf('/');
    String role = arn.contains(":assumed-role/") && session > 0 ? arn.substring(0, session) : arn;
    Matcher matcher = ROLE.matcher(role);
    if (matcher.matches()) {
      return name(matcher.group(1));
    }
    return arn.contains(":user/")
        ? "iam-user"
        : arn.contains(":federated-user/") ? "federated-user" : "(none)";
  }
}
