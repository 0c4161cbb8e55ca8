package com.gymcoach.bedrock.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** The content of a file behind its checksum, so that a damaged file is recognised. */
final class SummedContent {
  private static final byte[] MAGIC = "BCACHE1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int SUM_BYTES = 16;

  /** How many bytes a file has beyond its content. */
  static final int OVERHEAD = MAGIC.length + SUM_BYTES;

  private SummedContent() {}

  static byte[] wrap(byte[] content) {
    byte[] file = Arrays.copyOf(MAGIC, OVERHEAD + content.length);
    System.arraycopy(sum(content), 0, file, MAGIC.length, SUM_BYTES);
    System.arraycopy(content, 0, file, OVERHEAD, content.length);
    return file;
  }

  /**
   * Returns the content of a file.
   *
   * @throws IOException if the file is damaged
   */
  static byte[] unwrap(byte[] file) throws IOException {
    if (file.length < OVERHEAD || !Arrays.equals(MAGIC, Arrays.copyOf(file, MAGIC.length))) {
      throw new IOException("The file is cut off or of another kind");
    }
    byte[] content = Arrays.copyOfRange(file, OVERHEAD, file.length);
    byte[] stored = Arrays.copyOfRange(file, MAGIC.length, OVERHEAD);
    if (!MessageDigest.isEqual(stored, sum(content))) {
      throw new IOException("The file's checksum is wrong");
    }
    return content;
  }

  private static byte[] sum(byte[] content) {
    return Arrays.copyOf(EntryFormat.sha256().digest(content), SUM_BYTES);
  }
}
