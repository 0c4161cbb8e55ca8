package com.gymcoach.bedrock.cloudwatch;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What belongs to a name that becomes a dimension's value: so many names of an allowed shape and no
 * more, for each is paid for by the month, and a name that is a user's or a prompt must not become
 * one. The rest share one place. Thread-safe.
 */
final class ClosedNames<T> {
  static final String OTHERS = "_others";

  private static final int MAX_ENDPOINTS = 64;
  private static final int MAX_MODELS = 16;
  private static final Pattern ENDPOINT = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9._:/-]{1,128}");

  private final int most;
  private final Pattern shape;
  private final ConcurrentHashMap<String, T> byName = new ConcurrentHashMap<>();
  private final Function<String, T> made;
  private final T others;

  private ClosedNames(int most, Pattern shape, Function<String, T> made) {
    this.most = most;
    this.shape = shape;
    this.made = made;
    this.others = made.apply(OTHERS);
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
    if (byName.size() >= most || !shape.matcher(name).matches()) {
      return others;
    }
    synchronized (this) { // once a name: else several threads could take the last place together
      return byName.size() >= most
          ? byName.getOrDefault(name, others)
          : byName.computeIfAbsent(name, made);
    }
  }

  /** Calls for each name so far, the others last. */
  void forEach(BiConsumer<String, T> each) {
    byName.forEach(each);
    each.accept(OTHERS, others);
  }
}
