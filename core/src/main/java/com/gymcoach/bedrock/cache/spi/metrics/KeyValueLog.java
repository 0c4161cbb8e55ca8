package com.gymcoach.bedrock.cache.spi.metrics;

import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs a message with key-value pairs. SLF4J 2 passes the pairs on as such; SLF4J 1.7 has no pairs,
 * so they are written as text in front of the message.
 */
final class KeyValueLog {
  private static final boolean HAS_PAIRS = hasPairs();

  private KeyValueLog() {}

  /** Logs a line at level INFO or WARN, with the pairs in the map's order. */
  static void log(Logger log, Level level, String message, Map<String, Object> pairs) {
    if (HAS_PAIRS) {
      FluentLog.log(log, level, message, pairs);
    } else if (level == Level.WARN) {
      log.warn(text(message, pairs));
    } else {
      log.info(text(message, pairs));
    }
  }

  /** Returns the line as SLF4J 2 writes it for a backend without key-value pairs. */
  static String text(String message, Map<String, Object> pairs) {
    StringBuilder line = new StringBuilder();
    pairs.forEach((key, value) -> line.append(key).append('=').append(value).append(' '));
    return line.append(message).toString();
  }

  private static boolean hasPairs() {
    try {
      Logger.class.getMethod("atLevel", Level.class);
      return true;
    } catch (NoSuchMethodException | LinkageError e) { // SLF4J 1.7
      return false;
    }
  }
}
