package com.gymcoach.bedrock.micrometer;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A bounded set of names that may become tag values, with a value for each. Both the number and the
 * shape of names are limited: each name adds time series to the monitoring system, and a user's
 * name or a prompt must never become one. All other names share one value. Thread-safe.
 */
final class ClosedNames<T> {
  static final int MAX_ENDPOINTS = 64;
  static final int MAX_MODELS = 16;

  private static final Pattern ENDPOINT = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9._:/-]{1,128}");

  private final int max;
  private final Pattern shape;
  private final ConcurrentHashMap<String, T> byName = new ConcurrentHashMap<>();
  private final Function<String, T> made;
  private final T others;

  private ClosedNames(int max, Pattern shape, Function<String, T> made) {
    this.max = max;
    this.shape = shape;
    this.made = made;
    this.others = made.apply(Names.OTHERS);
  }

  static <T> ClosedNames<T> endpoints(Function<String, T> made) {
    return new ClosedNames<>(MAX_ENDPOINTS, ENDPOINT, made);
  }

  static <T> ClosedNames<T> models(Function<String, T> made) {
    return new ClosedNames<>(MAX_MODELS, MODEL, made);
  }

  T get(String name) {
    T present = byName.get(name);
    return present != null ? present : admit(name);
  }

  private T admit(String name) {
    if (byName.size() >= max || !shape.matcher(name).matches()) {
      return others;
    }
    synchronized (this) { // one at a time: several threads could exceed the limit
      return byName.size() >= max
          ? byName.getOrDefault(name, others)
          : byName.computeIfAbsent(name, made);
    }
  }
}
