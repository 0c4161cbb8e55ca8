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
 * @param ignored names of headers and execution attributes that cannot, in lower case
 * @param trusted classes whose instances cannot
 */
record ClientRules(Set<String> ignored, Set<Class<?>> trusted) {
  /** The packages of the SDK and of tracers that only observe. */
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
   * @throws IllegalArgumentException if the class can have no direct instances, or does not
   *     determine what its instances do
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
    return !Modifier.isAbstract(type.getModifiers()) && !isGenerated(type); // or interface
  }

  /**
   * Returns whether a class was generated to call other code: a JDK proxy, or a subclass generated
   * by a library such as CGLIB. A lambda's class is generated too, but it stands for one piece of
   * code.
   */
  private static boolean isGenerated(Class<?> type) {
    return Proxy.isProxyClass(type)
        || (type.getName().contains("$$") && !type.getName().contains("$$Lambda"));
  }
}
