package com.gymcoach.bedrock.redis;

import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.store.StoreFailure;
import com.gymcoach.bedrock.cache.spi.store.StoreFailure.Kind;
import io.lettuce.core.RedisCommandExecutionException;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Unwraps, names and classifies failures. */
final class RedisFailures {
  /** An error of Redis begins with its code. */
  private static final Pattern CODE = Pattern.compile("[A-Z]{2,16}(?= )");

  private RedisFailures() {}

  /** Returns the cause of a {@link CompletionException}, or the exception itself. */
  static Throwable bare(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  /** Returns whether Redis replied with an error. The connection works then. */
  static boolean isReply(Throwable thrown) {
    return bare(thrown) instanceof RedisCommandExecutionException;
  }

  /** Returns whether a replica has replied: the connection leads to the wrong server. */
  static boolean isOfAReplica(Throwable thrown) {
    return name(thrown).equals("READONLY");
  }

  /**
   * Returns how a failure counts: a missing permission is mended by an operator only, and the
   * store's own limits say nothing about Redis.
   */
  static StoreFailure classified(Throwable thrown) {
    String name = name(thrown);
    if (bare(thrown) instanceof StoreBusyException) {
      return new StoreFailure(name, Kind.UNRELATED);
    }
    return new StoreFailure(name, name.equals("NOPERM") ? Kind.PERMANENT : Kind.ORDINARY);
  }

  /**
   * Returns the code of Redis's error or the class name. Never the message, which may contain a
   * key.
   */
  static String name(Throwable thrown) {
    Throwable failure = bare(thrown);
    if (failure instanceof RedisCommandExecutionException && failure.getMessage() != null) {
      Matcher code = CODE.matcher(failure.getMessage());
      if (code.lookingAt()) {
        return code.group();
      }
    }
    return failure.getClass().getSimpleName();
  }

  /** Thrown while there is no connection to Redis. Has no stack trace: it is frequent then. */
  static final class NotConnectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotConnectedException() {
      super("There is no connection to Redis at the moment", null, false, false);
    }
  }
}
