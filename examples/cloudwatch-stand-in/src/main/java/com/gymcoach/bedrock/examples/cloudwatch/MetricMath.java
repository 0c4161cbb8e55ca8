package com.gymcoach.bedrock.examples.cloudwatch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A metric math expression for one period: numbers, ids of metrics, {@code + - * /}, parentheses
 * and {@code FILL(id, number)}. An operation with a missing value has no value, and neither has a
 * division by zero.
 */
final class MetricMath {
  private static final Pattern TOKEN = Pattern.compile("\\d+(?:\\.\\d+)?|[A-Za-z_]\\w*|[-+*/(),]");

  private final List<String> tokens = new ArrayList<>();
  private final Function<String, @Nullable Double> metrics;
  private int next;

  /** Takes an expression, and what a metric's id comes to in the period. */
  MetricMath(String expression, Function<String, @Nullable Double> metrics) {
    this.metrics = metrics;
    Matcher token = TOKEN.matcher(expression);
    int end = 0;
    while (token.find()) {
      require(expression.substring(end, token.start()).isBlank());
      tokens.add(token.group());
      end = token.end();
    }
    require(expression.substring(end).isBlank());
  }

  @Nullable Double value() {
    Double value = sum();
    require(next == tokens.size());
    return value;
  }

  private @Nullable Double sum() {
    Double value = product();
    while (peek().equals("+") || peek().equals("-")) {
      boolean plus = take().equals("+");
      Double other = product();
      value = value == null || other == null ? null : plus ? value + other : value - other;
    }
    return value;
  }

  private @Nullable Double product() {
    Double value = factor();
    while (peek().equals("*") || peek().equals("/")) {
      boolean times = take().equals("*");
      Double other = factor();
      if (value == null || other == null || (!times && other == 0)) {
        value = null;
      } else {
        value = times ? value * other : value / other;
      }
    }
    return value;
  }

  private @Nullable Double factor() {
    String token = take();
    if (token.equals("(")) {
      Double value = sum();
      require(take().equals(")"));
      return value;
    } else if (token.equals("FILL")) {
      require(take().equals("("));
      Double value = metrics.apply(take());
      require(take().equals(","));
      double otherwise = Double.parseDouble(take());
      require(take().equals(")"));
      return value == null ? Double.valueOf(otherwise) : value;
    } else if (Character.isDigit(token.charAt(0))) {
      return Double.valueOf(token);
    }
    require(Character.isLowerCase(token.charAt(0)));
    return metrics.apply(token);
  }

  private String peek() {
    return next < tokens.size() ? tokens.get(next) : "";
  }

  private String take() {
    require(next < tokens.size());
    return tokens.get(next++);
  }

  private void require(boolean good) {
    if (!good) {
      throw new IllegalArgumentException("Not an expression that is known here: " + tokens);
    }
  }
}
