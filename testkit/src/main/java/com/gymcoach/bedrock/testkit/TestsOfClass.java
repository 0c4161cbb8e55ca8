package com.gymcoach.bedrock.testkit;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Nested;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * The tests of a class and its nested ones: whether each has passed in this run. If some were not
 * selected or failed, what the others did not use may still be needed. Thread-safe.
 */
final class TestsOfClass {
  private final Class<?> type;
  private final boolean whole;
  private final Set<Method> passed = ConcurrentHashMap.newKeySet();
  private volatile boolean failed;

  /**
   * Creates the record of a class.
   *
   * @param whole false if only one of its methods is of interest
   */
  TestsOfClass(Class<?> type, boolean whole) {
    this.type = type;
    this.whole = whole;
  }

  void passed(Method test) {
    passed.add(test);
  }

  void failed() {
    failed = true;
  }

  boolean allPassed() {
    return whole && !failed && passed.containsAll(declared(type));
  }

  private static List<Method> declared(Class<?> type) {
    List<Method> tests =
        new ArrayList<>(
            AnnotationSupport.findAnnotatedMethods(
                type, Testable.class, HierarchyTraversalMode.TOP_DOWN));
    for (Class<?> nested :
        ReflectionSupport.findNestedClasses(
            type, each -> AnnotationSupport.isAnnotated(each, Nested.class))) {
      tests.addAll(declared(nested));
    }
    return tests;
  }
}
