package com.gymcoach.bedrock.cache.spi.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads text that must be short: a source may be set to a large file by mistake. */
final class BoundedText {
  /** UTF-8 takes at most 3 bytes for a character of a Java string. */
  private static final int MAX_BYTES = 3 * 4_096;

  private BoundedText() {}

  /**
   * Returns the text.
   *
   * @throws IOException if it is too long or not UTF-8
   */
  static String of(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new IOException("The settings have more than " + MAX_BYTES + " bytes");
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
