package com.gymcoach.bedrock.cache;

import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Decides which parts of a client's configuration cannot change an answer ({@code
 * docs/decisions/008}).
 *
 * @param ignored names of headers and execution attributes, in lower case, that cannot
 * @param trusted classes whose objects cannot
 */
record ClientRules(Set<String> ignored, Set<Class<?>> trusted) {
  /** Where the SDK and tracers that only observe have their classes. */
  private static final List<String> TRUSTED_PACKAGES =
      List.of(
          "software.amazon.awssdk.", "com.amazonaws.xray.", "io.opentelemetry.", "datadog.trace.");

  boolean ignores(String name) {
    return ignored.contains(name.toLowerCase(Locale.ROOT));
  }

  boolean trusts(Object part) {
    Class<?> type = part.getClass();
    return !isGenerated(type)
        && (trusted.contains(type)
            || TRUSTED_PACKAGES.stream().anyMatch(type.getName()::startsWith));
  }

  /**
   * Returns the class if naming it can have an effect.
   *
   * @throws IllegalArgumentException if no object has this class, or it does not decide what its
   *     objects do
   */
  static Class<?> requireNameable(Class<?> type) {
    if (!isNameable(type)) {
      throw new IllegalArgumentException(
          type.getName()
              + " is an interface, an abstract class or a proxy, so it does not tell what its"
              + " objects do: give the class of the object itself, or name the client with"
              + " options -> options.identity(\"...\")");
    }
    return type;
  }

  static boolean isNameable(Class<?> type) {
    return !Modifier.isAbstract(type.getModifiers()) && !isGenerated(type); // as interfaces are
  }

  /**
   * Returns whether a class was made to call other code: a JDK proxy, or a subclass that a library
   * such as CGLIB has made beside the original. A lambda's class is made too, but is one piece of
   * code.
   */
  private static boolean isGenerated(Class<?> type) {
    return Proxy.isProxyClass(type)
        || (type.getName().contains("$$") && !type.getName().contains("$$Lambda"));
  }
}
