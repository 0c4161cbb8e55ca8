package com.gymcoach.bedrock.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.eventstream.HeaderValue;
import software.amazon.awssdk.eventstream.Message;

/** Event-stream frames as Bedrock sends them. */
final class Frames {
  private Frames() {}

  static byte[] event(String type, String json) {
    return frame(":event-type", type, "event", json);
  }

  static byte[] exception(String type, String message) {
    return frame(":exception-type", type, "exception", "{\"message\":\"" + message + "\"}");
  }

  private static byte[] frame(String typeHeader, String type, String messageType, String json) {
    Message message =
        new Message(
            Map.of(
                typeHeader,
                HeaderValue.fromString(type),
                ":content-type",
                HeaderValue.fromString("application/json"),
                ":message-type",
                HeaderValue.fromString(messageType)),
            json.getBytes(UTF_8));
    ByteBuffer bytes = message.toByteBuffer();
    byte[] frame = new byte[bytes.remaining()];
    bytes.get(frame);
    return frame;
  }

  static byte[] delta(int block, String text) {
    return event(
        "contentBlockDelta",
        "{\"contentBlockIndex\":" + block + ",\"delta\":{\"text\":\"" + text + "\"}}");
  }

  static byte[] messageStart() {
    return event("messageStart", "{\"role\":\"assistant\"}");
  }

  static byte[] blockStop(int block) {
    return event("contentBlockStop", "{\"contentBlockIndex\":" + block + "}");
  }

  static byte[] messageStop(String reason) {
    return event("messageStop", "{\"stopReason\":\"" + reason + "\"}");
  }

  static byte[] metadata() {
    return event(
        "metadata",
        "{\"metrics\":{\"latencyMs\":7},"
            + "\"usage\":{\"inputTokens\":12,\"outputTokens\":34,\"totalTokens\":46}}");
  }

  /** A whole answer of one block, a delta for each text. */
  static List<byte[]> answer(String... texts) {
    List<byte[]> frames = new ArrayList<>();
    frames.add(messageStart());
    for (String text : texts) {
      frames.add(delta(0, text));
    }
    frames.add(blockStop(0));
    frames.add(messageStop("end_turn"));
    frames.add(metadata());
    return frames;
  }

  static byte[] chunk(String json) {
    String base64 = Base64.getEncoder().encodeToString(json.getBytes(UTF_8));
    return event("chunk", "{\"bytes\":\"" + base64 + "\",\"p\":\"abcd\"}");
  }
}
