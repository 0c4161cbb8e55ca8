package com.gymcoach.bedrock.examples.lambda;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import net.logstash.logback.encoder.LogstashEncoder;
import org.slf4j.LoggerFactory;

/** The log lines, at the lowest level of GymCoach's own and in the form that is written. */
final class LogLines implements AutoCloseable {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
  private final Logger logger;

  LogLines() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    LogstashEncoder encoder = new LogstashEncoder();
    encoder.setContext(context);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(bytes);
    appender.start();
    context.getLogger("com.gymcoach").setLevel(Level.TRACE);
    logger = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    logger.addAppender(appender);
  }

  String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Returns the lines but those of the cache's faults, which have stacks without messages. */
  String withoutFaults() {
    return text()
        .lines()
        .filter(line -> !line.contains("\"com.gymcoach.bedrock.cache.faults\""))
        .collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
    appender.stop();
  }
}
