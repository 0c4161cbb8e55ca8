package com.gymcoach.bedrock.examples.replay.logs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.examples.replay.logs.LogRecord.Body;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Reads a line as a record. Not thread-safe. */
final class RecordReader {
  /**
   * The longest line. Both bodies of a record together have at most 200 KB; a stream's events
   * repeat their names.
   */
  static final int MAX_BYTES = 4 << 20;

  private static final int MAX_DEPTH = 1_000;
  private static final int MAX_TEXT = 2_048;
  private static final long MAX_TOKENS = 100_000_000;

  /** Bedrock's first log is younger. */
  private static final Instant FIRST = Instant.parse("2023-01-01T00:00:00Z");

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_BYTES)
                  .build())
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(JsonFactory.Feature.CHARSET_DETECTION) // in UTF-16, a place would be unknown
          .build();

  private final @Nullable String endpointKey;
  private final @Nullable String scopeKey;
  private final Instant latest;

  /**
   * Creates a reader.
   *
   * @param endpointKey the request metadata that names the endpoint, or null
   * @param scopeKey the request metadata that names the user, or null
   * @param latest the latest time of a record: one of a wrong clock would stretch the log
   */
  RecordReader(@Nullable String endpointKey, @Nullable String scopeKey, Instant latest) {
    this.endpointKey = endpointKey;
    this.scopeKey = scopeKey;
    this.latest = latest;
  }

  /**
   * Reads the first bytes of a buffer as a record.
   *
   * @throws BadRecordException if they are not one; the message quotes nothing of them
   */
  LogRecord read(byte[] line, int length) throws BadRecordException {
    Fields fields = new Fields(line);
    try (JsonParser in = FACTORY.createParser(line, 0, length)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new BadRecordException("it is not a JSON object");
      }
      object(in, name -> member(in, name, fields));
      if (in.nextToken() != null) {
        throw new BadRecordException("it has something after the record");
      }
    } catch (JsonProcessingException malformed) { // its message could quote the line
      throw new BadRecordException("it is not valid JSON");
    } catch (IOException | IndexOutOfBoundsException malformed) { // Jackson's, for broken UTF-8
      throw new BadRecordException("it is not valid JSON in UTF-8");
    }
    return fields.record(latest);
  }

  private void member(JsonParser in, String name, Fields fields)
      throws IOException, BadRecordException {
    switch (name) {
      case "schemaType" -> fields.schemaType = text(in, name);
      case "timestamp" -> fields.timestamp = text(in, name);
      case "region" -> fields.region = text(in, name);
      case "requestId" -> fields.requestId = text(in, name);
      case "operation" -> fields.operation = text(in, name);
      case "modelId" -> fields.modelId = text(in, name);
      case "errorCode" -> fields.failed = !text(in, name).isEmpty();
      case "identity" -> identity(in, fields);
      case "requestMetadata" -> metadata(in, fields);
      case "input" -> input(in, fields);
      case "output" -> output(in, fields);
      default -> {} // skipped
    }
  }

  private static void identity(JsonParser in, Fields fields)
      throws IOException, BadRecordException {
    object(
        in,
        name -> {
          if (name.equals("arn")) {
            fields.identity = text(in, "identity.arn");
          }
        });
  }

  private void metadata(JsonParser in, Fields fields) throws IOException, BadRecordException {
    object(
        in,
        name -> {
          if (name.equals(endpointKey)) {
            fields.endpoint = text(in, "requestMetadata");
          }
          if (name.equals(scopeKey)) {
            fields.scope = text(in, "requestMetadata");
          }
        });
  }

  private static void input(JsonParser in, Fields fields) throws IOException, BadRecordException {
    object(
        in,
        name -> {
          switch (name) {
            case "inputBodyJson" -> fields.input = body(in, fields.line);
            case "inputTokenCount" -> fields.inputTokens = tokens(in);
            case "cacheReadInputTokenCount" -> fields.cacheRead = Math.max(0, tokens(in));
            case "cacheWriteInputTokenCount" -> fields.cacheWrite = Math.max(0, tokens(in));
            default -> {} // skipped
          }
        });
  }

  private static void output(JsonParser in, Fields fields) throws IOException, BadRecordException {
    object(
        in,
        name -> {
          switch (name) {
            case "outputBodyJson" -> fields.output = body(in, fields.line);
            case "outputTokenCount" -> fields.outputTokens = tokens(in);
            default -> {} // skipped
          }
        });
  }

  /** Reads the value of a member, or leaves it to be skipped. */
  private interface Member {
    void read(String name) throws IOException, BadRecordException;
  }

  /** Reads an object member by member. Skips any other value. */
  private static void object(JsonParser in, Member member) throws IOException, BadRecordException {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      in.skipChildren();
      return;
    }
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      member.read(name);
      in.skipChildren(); // does nothing if the member has been read
    }
  }

  private static @Nullable Body body(JsonParser in, byte[] line) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    int from = (int) in.currentTokenLocation().getByteOffset();
    in.skipChildren();
    in.finishToken();
    return new Body(line, from, (int) in.currentLocation().getByteOffset());
  }

  private static String text(JsonParser in, String name) throws IOException, BadRecordException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return "";
    }
    String text = in.currentToken() == JsonToken.VALUE_STRING ? in.getText() : null;
    if (text == null || text.length() > MAX_TEXT) {
      throw new BadRecordException(name + " is not a text of at most 2,048 characters");
    }
    return text;
  }

  /** Returns a count, or -1 if there is none. */
  private static long tokens(JsonParser in) throws IOException, BadRecordException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return -1;
    }
    if (in.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw new BadRecordException("a token count is not a whole number");
    }
    long tokens = in.getLongValue();
    if (tokens < 0 || tokens > MAX_TOKENS) {
      throw new BadRecordException("a token count is not from 0 to 100,000,000");
    }
    return tokens;
  }

  /** The members of a record, as far as they have been read. */
  private static final class Fields {
    final byte[] line;
    String schemaType = "";
    String timestamp = "";
    String region = "";
    String requestId = "";
    String operation = "";
    String modelId = "";
    String identity = "";
    @Nullable String endpoint;
    @Nullable String scope;
    boolean failed;
    @Nullable Body input;
    @Nullable Body output;
    long inputTokens = -1;
    long outputTokens = -1;
    long cacheRead;
    long cacheWrite;

    Fields(byte[] line) {
      this.line = line;
    }

    LogRecord record(Instant latest) throws BadRecordException {
      if (!schemaType.equals("ModelInvocationLog")) {
        throw new BadRecordException("schemaType is not ModelInvocationLog");
      }
      if (operation.isEmpty() || modelId.isEmpty()) {
        throw new BadRecordException("it names no operation or no modelId");
      }
      return new LogRecord(
          millis(latest),
          region,
          requestId,
          operation,
          modelId,
          identity,
          endpoint,
          scope,
          failed,
          input,
          output,
          usage());
    }

    private long millis(Instant latest) throws BadRecordException {
      try {
        Instant time = OffsetDateTime.parse(timestamp).toInstant();
        if (!time.isBefore(FIRST) && !time.isAfter(latest)) {
          return time.toEpochMilli();
        }
      } catch (DateTimeException malformed) { // reported below, without the text
      }
      throw new BadRecordException("timestamp is not a time from 2023 to now");
    }

    private @Nullable TokenUsage usage() {
      return inputTokens < 0 || outputTokens < 0
          ? null
          : new TokenUsage(inputTokens, outputTokens, cacheRead, cacheWrite);
    }
  }
}
