package com.gymcoach.bedrock.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Marker;
import org.slf4j.event.DefaultLoggingEvent;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.spi.LoggingEventAware;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Captures the log of this module's tests: keeps the library's lines, at every level, and drops
 * those of other libraries.
 */
public final class CapturedLog implements SLF4JServiceProvider {
  private static final String OURS = "com.gymcoach.bedrock";
  private static final ConcurrentLinkedQueue<LoggingEvent> EVENTS = new ConcurrentLinkedQueue<>();
  private static volatile boolean capturing;

  /** Forgets what was logged, and keeps what is from now on. */
  static void start() {
    EVENTS.clear();
    capturing = true;
  }

  /** Returns what has been logged since the start. */
  static List<LoggingEvent> peek() {
    return new ArrayList<>(EVENTS);
  }

  /** Keeps no more; returns what was logged since. */
  static List<LoggingEvent> stop() {
    capturing = false;
    return new ArrayList<>(EVENTS);
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return Kept::new;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return new BasicMarkerFactory();
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return new BasicMDCAdapter();
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  @Override
  public void initialize() {}

  /** A logger that keeps events whole, as a logging library is given them. */
  private static final class Kept extends LegacyAbstractLogger implements LoggingEventAware {
    private static final long serialVersionUID = 1;
    private final boolean ours;

    Kept(String name) {
      this.name = name;
      this.ours = name.startsWith(OURS);
    }

    @Override
    public boolean isTraceEnabled() {
      return ours;
    }

    @Override
    public boolean isDebugEnabled() {
      return ours;
    }

    @Override
    public boolean isInfoEnabled() {
      return ours;
    }

    @Override
    public boolean isWarnEnabled() {
      return ours;
    }

    @Override
    public boolean isErrorEnabled() {
      return ours;
    }

    @Override
    public void log(LoggingEvent event) {
      if (capturing) {
        EVENTS.add(event);
      }
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
      return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
        Level level,
        @Nullable Marker marker,
        String message,
        Object @Nullable [] arguments,
        @Nullable Throwable thrown) {
      DefaultLoggingEvent event = new DefaultLoggingEvent(level, this);
      event.setMessage(message);
      if (arguments != null) {
        for (Object argument : arguments) {
          event.addArgument(argument);
        }
      }
      if (thrown != null) {
        event.setThrowable(thrown);
      }
      log(event);
    }
  }
}
