package com.gymcoach.bedrock.cache.internal.stats;

import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs faults inside the cache. The first fault of each kind and cause is logged with its stack.
 * Further ones are counted and logged in one line per interval. Exception messages are left out,
 * because they may quote a request or an answer. Thread-safe; never throws.
 */
public final class FaultLog {
  /** The logger's name, for a service's logging configuration. */
  static final String NAME = "com.gymcoach.bedrock.cache.faults";

  /** How long repeated faults of one kind and cause are counted before their count is logged. */
  static final Duration INTERVAL = Duration.ofMinutes(1);

  /** The number of consecutive calls failing inside the cache at which an ERROR is logged. */
  static final int MANY_IN_A_ROW = 10;

  /**
   * The most kinds tracked. Exception classes are normally few; the limit guards against code that
   * generates classes.
   */
  static final int MAX_KINDS = 256;

  private static final Logger LOG = LoggerFactory.getLogger(NAME);

  private final TimeSource time;
  private final Map<Kind, Repeats> kinds = new ConcurrentHashMap<>();
  private final AtomicInteger failedInARow = new AtomicInteger();

  /** Creates an empty log. */
  public FaultLog(TimeSource time) {
    this.time = time;
  }

  /**
   * Identifies faults that count as the same: the first is logged with its stack, the others are
   * counted.
   *
   * @param fault the fault's name
   * @param type the class of the exception; empty if there is none
   * @param root the class of the last exception in the chain of causes; empty if there is none
   */
  private record Kind(String fault, String type, String root) {}

  /** Counts the faults after the first. */
  private static final class Repeats {
    private long since;
    private long count;

    Repeats(long now) {
      since = now;
    }

    /** Counts one more fault. Returns the count to log now, or 0 to log nothing. */
    synchronized long another(long now) {
      count++;
      return now - since < INTERVAL.toNanos() ? 0 : told(now);
    }

    synchronized long told(long now) {
      long repeats = count;
      count = 0;
      since = now;
      return repeats;
    }
  }

  /** Logs a fault of a call, an invalidation or a setting. */
  void fault(CacheFault fault, @Nullable Throwable cause) {
    noted(fault.name(), cause);
  }

  /**
   * Logs an exception that must not reach a caller.
   *
   * @param what what failed, in fixed words that contain nothing of a request or answer
   */
  public void noted(String what, @Nullable Throwable cause) {
    try {
      note(what, cause == null ? null : Result.bare(cause));
    } catch (RuntimeException | Error unloggable) {
      // A logging library that throws must not fail a call, and its exception cannot be logged.
    }
  }

  private void note(String what, @Nullable Throwable cause) {
    Kind kind = kind(what, cause);
    Repeats present = kinds.get(kind);
    if (present == null && kinds.size() >= MAX_KINDS) {
      kind = new Kind(what, StatsRecorder.OTHERS, StatsRecorder.OTHERS);
      present = kinds.get(kind);
    }
    long now = time.nanoTime();
    if (present == null) {
      present = kinds.putIfAbsent(kind, new Repeats(now));
      if (present == null) {
        first(what, cause);
        return;
      }
    }
    long repeats = present.another(now);
    if (repeats > 0) {
      repeated(kind, repeats);
    }
  }

  private static Kind kind(String what, @Nullable Throwable cause) {
    return cause == null
        ? new Kind(what, "", "")
        : new Kind(what, cause.getClass().getName(), FailureTrace.root(cause).getClass().getName());
  }

  private static void first(String what, @Nullable Throwable cause) {
    if (cause == null) {
      LOG.warn("Bedrock cache fault {}. Callers are not affected. Repeats are counted.", what);
    } else {
      LOG.warn(
          "Bedrock cache fault {}: {}. Callers are not affected. Repeats are counted.",
          what,
          FailureTrace.name(cause),
          FailureTrace.of(cause));
    }
  }

  private static void repeated(Kind kind, long repeats) {
    LOG.warn(
        "Bedrock cache fault {}{}: {} more since the last line.",
        kind.fault(),
        kind.type().isEmpty() ? "" : ", " + kind.type(),
        repeats);
  }

  /** Records a call that the cache served or whose answer it kept, which ends a run of failures. */
  void worked() {
    if (failedInARow.get() != 0) { // read first: a write on each hit would contend between cores
      failedInARow.set(0);
    }
  }

  /** Records a call that failed inside the cache. Called after {@link #fault}. */
  void failedInside(CacheFault fault, @Nullable Throwable cause) {
    if (failedInARow.incrementAndGet() != MANY_IN_A_ROW) {
      return;
    }
    try {
      Throwable bare = cause == null ? null : Result.bare(cause);
      LOG.error(
          "{} calls in a row failed inside the Bedrock cache: {}{}. Callers get Bedrock's answers,"
              + " but nothing is cached. {} See docs/troubleshooting.md.",
          MANY_IN_A_ROW,
          fault,
          bare == null ? "" : ", " + FailureTrace.name(bare),
          remedy(bare),
          bare == null ? null : FailureTrace.of(bare));
    } catch (RuntimeException | Error unloggable) {
      // As above: a logging library that throws must not fail a call.
    }
  }

  private static String remedy(@Nullable Throwable cause) {
    Throwable root = cause == null ? null : FailureTrace.root(cause);
    if (root instanceof LinkageError || root instanceof ClassNotFoundException) {
      return "A class or method is missing: check the versions of the AWS SDK and of Jackson on the"
          + " class path (docs/compatibility.md).";
    } else if (root instanceof OutOfMemoryError) {
      return "The heap is full: lower hotMaxBytes or raise -Xmx.";
    }
    return "Report the stack below, or switch the cache off with mode OFF.";
  }

  /** Logs the counts not logged yet. Called when the cache closes. */
  public void flush() {
    long now = time.nanoTime();
    kinds.forEach(
        (kind, repeats) -> {
          long count = repeats.told(now);
          if (count > 0) {
            repeated(kind, count);
          }
        });
  }
}
