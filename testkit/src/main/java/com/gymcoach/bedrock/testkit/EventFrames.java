package com.gymcoach.bedrock.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a body of event-stream frames for {@link BedrockStandIn.Reply#stream}, in the format of
 * Bedrock's streams. Not thread-safe.
 */
public final class EventFrames {
  /** The content type of a body of frames. */
  public static final String CONTENT_TYPE = "application/vnd.amazon.eventstream";

  private static final int MIN_FRAME_BYTES = 16; // two lengths and two checksums

  private final ByteArrayOutputStream frames = new ByteArrayOutputStream();

  /** Adds an event of Bedrock with a JSON payload, for example {@code event("messageStart", …)}. */
  public EventFrames event(String type, String json) {
    return frame("event", type, json);
  }

  /**
   * Adds an error with which Bedrock ends a stream that has begun, for example {@code
   * exception("throttlingException", "Too many tokens")}.
   *
   * @param message a text without characters that JSON escapes
   */
  public EventFrames exception(String type, String message) {
    return frame("exception", type, "{\"message\":\"" + message + "\"}");
  }

  private EventFrames frame(String kind, String type, String json) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(":" + kind + "-type", type);
    headers.put(":content-type", "application/json");
    headers.put(":message-type", kind);
    frames.writeBytes(EventStreamEncoder.encode(headers, json.getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  /** Adds a chunk of the model's JSON, as InvokeModelWithResponseStream sends it. */
  public EventFrames chunk(String json) {
    byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
    return event("chunk", "{\"bytes\":\"" + Base64.getEncoder().encodeToString(utf8) + "\"}");
  }

  /** Returns all frames, concatenated. */
  public byte[] toBytes() {
    return frames.toByteArray();
  }

  /** Splits a body into its frames. A remainder that is not a frame is the last piece. */
  public static List<byte[]> split(byte[] body) {
    List<byte[]> pieces = new ArrayList<>();
    int at = 0;
    while (body.length - at >= MIN_FRAME_BYTES) {
      int length = ByteBuffer.wrap(body, at, Integer.BYTES).getInt();
      if (length < MIN_FRAME_BYTES || length > body.length - at) {
        break;
      }
      pieces.add(Arrays.copyOfRange(body, at, at + length));
      at += length;
    }
    if (at < body.length) {
      pieces.add(Arrays.copyOfRange(body, at, body.length));
    }
    return pieces;
  }
}
