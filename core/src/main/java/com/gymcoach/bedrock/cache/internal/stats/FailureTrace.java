package com.gymcoach.bedrock.cache.internal.stats;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * Replaces an exception in the log by the classes and stacks of it and its causes. Messages are
 * left out, because they may quote a request or an answer. Two kinds of names are kept: an AWS
 * error code, and the class or member missing in a linkage error.
 */
final class FailureTrace extends Throwable {
  private static final long serialVersionUID = 1L;

  /** Limits the depth, because causes can form a cycle. */
  private static final int MAX_DEPTH = 8;

  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9.]{1,80}");

  /** Matches a class, or a quoted member with its types, as the JVM writes them. */
  private static final Pattern MISSING =
      Pattern.compile(
          "[\\w$]+([/.][\\w$]+)+|'[\\w$.<>\\[\\]]+ [\\w$.<>]+(\\([\\w$.,\\[\\] ]*\\))?'");

  private FailureTrace(Throwable failure, @Nullable Throwable cause) {
    super(name(failure), cause, false, true);
    setStackTrace(failure.getStackTrace());
  }

  static FailureTrace of(Throwable failure) {
    return of(failure, MAX_DEPTH);
  }

  private static FailureTrace of(Throwable failure, int depth) {
    Throwable cause = failure.getCause();
    return new FailureTrace(failure, cause == null || depth == 0 ? null : of(cause, depth - 1));
  }

  /** Returns the last exception in the chain of causes. */
  static Throwable root(Throwable failure) {
    Throwable root = failure;
    for (int depth = 0; depth < MAX_DEPTH && root.getCause() != null; depth++) {
      root = root.getCause();
    }
    return root;
  }

  /**
   * Returns an exception's class, followed by an AWS error code or a missing class or member if
   * there is one.
   */
  static String name(Throwable failure) {
    String type = failure.getClass().getName();
    String about = about(failure);
    return about == null ? type : type + " (" + about + ")";
  }

  private static @Nullable String about(Throwable failure) {
    if (failure instanceof AwsServiceException service && service.awsErrorDetails() != null) {
      String code = service.awsErrorDetails().errorCode();
      return code != null && CODE.matcher(code).matches() ? code : null;
    }
    String message = failure instanceof LinkageError ? failure.getMessage() : null;
    return message != null && MISSING.matcher(message).matches() ? message : null;
  }
}
