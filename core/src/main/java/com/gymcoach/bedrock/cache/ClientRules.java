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
  private static final String SDK = "software.amazon.awssdk.";

  /** The packages of the SDK and of tracers that only observe. */
  private static final List<String> TRUSTED_PACKAGES =
      List.of(SDK, "com.amazonaws.xray.", "io.opentelemetry.", "datadog.trace.");

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
   * Returns the part of a key that stands for a client's code, empty for the SDK's own. Leaves out
   * the numbers in the name of a generated class, because they differ between processes.
   */
  static String code(Class<?> type) {
    String name = type.getName();
    if (name.startsWith(SDK)) {
      return "";
    }
    if (Proxy.isProxyClass(type)) {
      return " proxy";
    }
    return isGenerated(type) ? " proxy=" + name.substring(0, name.indexOf("$$")) : " class=" + name;
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
