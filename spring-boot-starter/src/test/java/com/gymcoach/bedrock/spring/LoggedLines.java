package com.gymcoach.bedrock.spring;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The warnings of the cache and of the starter. */
final class LoggedLines {
  private final Logger logger = (Logger) LoggerFactory.getLogger("com.gymcoach.bedrock");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  private LoggedLines() {}

  static LoggedLines start() {
    LoggedLines started = new LoggedLines();
    started.lines.start();
    started.logger.addAppender(started.lines);
    return started;
  }

  /** Returns the warnings since the start. */
  List<String> stop() {
    logger.detachAppender(lines);
    return lines.list.stream()
        .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }
}
