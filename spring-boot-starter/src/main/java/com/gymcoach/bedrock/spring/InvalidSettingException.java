package com.gymcoach.bedrock.spring;

import org.jspecify.annotations.Nullable;

/** Thrown if the cache cannot be set up. Never contains the value of a secret. */
final class InvalidSettingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String action;

  private InvalidSettingException(String problem, String action, @Nullable Throwable cause) {
    super(problem, cause);
    this.action = action;
  }

  /** Returns the exception for a property that cannot be used. */
  static InvalidSettingException ofProperty(String name, String problem, String action) {
    return ofProperty(name, problem, action, null);
  }

  /** Returns the exception for a property that cannot be used, with its cause. */
  static InvalidSettingException ofProperty(
      String name, String problem, String action, @Nullable Throwable cause) {
    return new InvalidSettingException(
        "The property " + name + " cannot be used: " + problem, action, cause);
  }

  /** Returns the exception for a setting that the library itself refused. */
  static InvalidSettingException refused(String setting, IllegalArgumentException refusal) {
    return new InvalidSettingException(
        setting + " cannot be used: " + refusal.getMessage() + ".",
        "Change it as the message says, or remove it to use the default.",
        refusal);
  }

  /** Returns the exception for several beans of which the cache can use one. */
  static InvalidSettingException ambiguous(Class<?> type, int beans) {
    return new InvalidSettingException(
        "There are " + beans + " beans of type " + type.getName() + ", and the cache uses one.",
        "Mark one of them with @Primary.",
        null);
  }

  /** Returns a sentence that says what to do. */
  String action() {
    return action;
  }
}
