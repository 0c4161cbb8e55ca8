package com.gymcoach.bedrock.cache.sim;

import org.jspecify.annotations.Nullable;

/** A call or an invalidation under way, or background work that one has caused. */
class Activity {
  private final Operation operation;
  private final int instance;
  private final @Nullable Activity foreground;
  private @Nullable Phase phase;

  Activity(Operation operation, int instance) {
    this(operation, instance, null);
  }

  private Activity(Operation operation, int instance, @Nullable Activity foreground) {
    this.operation = operation;
    this.instance = instance;
    this.foreground = foreground;
  }

  Operation operation() {
    return operation;
  }

  int instance() {
    return instance;
  }

  /** Returns the background activity that this one has caused, for which no caller waits. */
  Activity inBackground() {
    return foreground == null ? new Activity(operation, instance, this) : this;
  }

  boolean isBackground() {
    return foreground != null;
  }

  /** Returns the call that has caused this background activity; otherwise itself. */
  Activity foreground() {
    return foreground == null ? this : foreground;
  }

  /** Returns where this is, or null if it has not begun or has ended. */
  @Nullable Phase phase() {
    return phase;
  }

  void enters(@Nullable Phase next) {
    phase = next;
  }
}
