package com.gymcoach.bedrock.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Encodes messages of the format {@code application/vnd.amazon.eventstream}: two lengths and their
 * checksum, the headers, the payload, and the checksum of everything. The SDK's own class for this
 * moved to another package in version 2.57; this one works with every SDK version.
 */
final class EventStreamEncoder {
  private static final int PRELUDE = 3 * Integer.BYTES;
  private static final int CHECK_SUM = Integer.BYTES;
  private static final byte STRING = 7;

  private EventStreamEncoder() {}

  /**
   * Returns an encoded message.
   *
   * @param headers header values by name, in the map's order. A name has 1 to 255 bytes of UTF-8, a
   *     value 1 to 32,767
   */
  static byte[] encode(Map<String, String> headers, byte[] payload) {
    byte[] encoded = headers(headers);
    int length = PRELUDE + encoded.length + payload.length + CHECK_SUM;
    byte[] bytes = new byte[length];
    ByteBuffer message = ByteBuffer.wrap(bytes).putInt(length).putInt(encoded.length);
    message.putInt(checkSum(bytes, message.position()));
    message.put(encoded).put(payload);
    message.putInt(checkSum(bytes, message.position()));
    return bytes;
  }

  private static byte[] headers(Map<String, String> headers) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    headers.forEach(
        (name, text) -> {
          byte[] nameBytes = bytes(name, 0xff);
          byte[] textBytes = bytes(text, Short.MAX_VALUE);
          out.write(nameBytes.length);
          out.writeBytes(nameBytes);
          out.write(STRING);
          out.write(textBytes.length >> Byte.SIZE);
          out.write(textBytes.length);
          out.writeBytes(textBytes);
        });
    return out.toByteArray();
  }

  private static byte[] bytes(String text, int max) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > max) {
      throw new IllegalArgumentException("A header has " + bytes.length + " bytes; at most " + max);
    }
    return bytes;
  }

  private static int checkSum(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
