package com.gymcoach.bedrock.cache.spi.metrics;

import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs through the fluent API of SLF4J 2. {@link KeyValueLog} uses it only if SLF4J 2 is on the
 * class path.
 */
final class FluentLog {
  private FluentLog() {}

  static void log(Logger log, Level level, String message, Map<String, Object> pairs) {
    LoggingEventBuilder line = log.atLevel(level);
    for (Map.Entry<String, Object> pair : pairs.entrySet()) {
      line = line.addKeyValue(pair.getKey(), pair.getValue());
    }
    line.log(message);
  }
}
