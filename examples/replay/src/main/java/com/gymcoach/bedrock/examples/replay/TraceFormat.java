package com.gymcoach.bedrock.examples.replay;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.List;

/** A trace format: parses the calls from lines. */
interface TraceFormat {
  List<String> OWN = List.of("time", "user", "endpoint", "prompt", "inputTokens", "outputTokens");
  List<String> AZURE = List.of("TIMESTAMP", "ContextTokens", "GeneratedTokens");

  /** Parses a call. Its time counts from any fixed moment of the trace's choice. */
  Ask ask(String line) throws BadLineException;

  /** Returns how users and equal prompts are determined. */
  String repeats();

  /** Returns whether the first line of the file is a call, not a header. */
  default boolean isHeadless() {
    return false;
  }

  /** The CSV format of this program. */
  record Own(Csv columns) implements TraceFormat {
    @Override
    public Ask ask(String line) throws BadLineException {
      List<String> values = columns.values(line);
      return new Ask(
          Fields.seconds("time", values.get(0).strip()),
          Fields.user("user", values.get(1)),
          Fields.endpoint("endpoint", values.get(2)),
          Fields.filled("prompt", values.get(3)),
          Fields.inputTokens("inputTokens", values.get(4).strip()),
          Fields.outputTokens("outputTokens", values.get(5).strip()));
    }

    @Override
    public String repeats() {
      return "the trace's own: users and prompts as it names them";
    }
  }

  /** Azure's CSV. It does not identify prompts, so repeats are drawn at random. */
  record Azure(Csv columns, Repeats drawn) implements TraceFormat {
    private static final DateTimeFormatter TIME =
        new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendPattern("[XXX]")
            .toFormatter()
            .withResolverStyle(ResolverStyle.STRICT);

    @Override
    public Ask ask(String line) throws BadLineException {
      List<String> values = columns.values(line);
      long millis = millis(values.get(0).strip());
      int input = Fields.inputTokens("ContextTokens", values.get(1).strip());
      int output = Fields.outputTokens("GeneratedTokens", values.get(2).strip());
      return drawn.ask(millis, input, output);
    }

    private static long millis(String text) throws BadLineException {
      try {
        TemporalAccessor time = TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
        OffsetDateTime utc =
            time instanceof LocalDateTime local
                ? local.atOffset(ZoneOffset.UTC)
                : OffsetDateTime.from(time);
        BigDecimal seconds =
            BigDecimal.valueOf(utc.toEpochSecond()).add(BigDecimal.valueOf(utc.getNano(), 9));
        return Fields.millis("TIMESTAMP", seconds.movePointRight(3));
      } catch (DateTimeException e) { // its message is less specific
        throw new BadLineException("TIMESTAMP is not a time such as 2023-11-16 18:15:46.68");
      }
    }

    @Override
    public String repeats() {
      return drawn.describe();
    }
  }
}
