package com.gymcoach.bedrock.examples.replay.logs;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;

/**
 * Reads the lines of a file, compressed or not, into one buffer that is used again. A line that is
 * too long is read to its end without being held.
 */
final class LogLines implements Closeable {
  /** Both bodies of a record together have at most 200 KB; a stream's events repeat their names. */
  static final int MAX_BYTES = 16 << 20;

  private static final int CHUNK = 1 << 16;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream in;
  private final byte[] chunk = new byte[CHUNK];
  private int at;
  private int end;
  private byte[] line = new byte[CHUNK];
  private int length;
  private long number;
  private boolean tooLong;

  /**
   * Opens a file. It is taken for gzip if it begins as such, whatever its name.
   *
   * @param progress is told how many bytes of the file have been read since it was last told
   */
  LogLines(Path file, LongConsumer progress) throws IOException {
    InputStream plain =
        new BufferedInputStream(new Counting(Files.newInputStream(file), progress), CHUNK);
    try {
      plain.mark(2);
      boolean gzip = plain.read() == 0x1F && plain.read() == 0x8B;
      plain.reset();
      in = gzip ? new GZIPInputStream(plain, CHUNK) : plain;
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  /**
   * Advances to the next line that is not empty. Returns false at the end.
   *
   * @throws IOException if the file cannot be read on, such as compressed data that is cut off
   */
  boolean next() throws IOException {
    do {
      if (!line()) {
        return false;
      }
    } while (length == 0 && !tooLong);
    return true;
  }

  private boolean line() throws IOException {
    length = 0;
    tooLong = false;
    if (at == end && !fill()) {
      return false;
    }
    number++;
    while (true) {
      int from = at;
      while (at < end && chunk[at] != '\n') {
        at++;
      }
      append(from, at - from);
      if (at < end) {
        at++;
        break;
      }
      if (!fill()) {
        break;
      }
    }
    trim();
    return true;
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(chunk, 0, chunk.length));
    return end > 0;
  }

  private void append(int from, int count) {
    if (tooLong || length + count > MAX_BYTES) {
      tooLong = true;
      return;
    }
    if (length + count > line.length) {
      line = Arrays.copyOf(line, Math.max(length + count, 2 * line.length));
    }
    System.arraycopy(chunk, from, line, length, count);
    length += count;
  }

  private void trim() {
    int mark = BYTE_ORDER_MARK.length;
    if (number == 1 && length >= mark && Arrays.equals(line, 0, mark, BYTE_ORDER_MARK, 0, mark)) {
      System.arraycopy(line, mark, line, 0, length -= mark);
    }
    while (length > 0 && line[length - 1] <= ' ' && line[length - 1] >= 0) {
      length--;
    }
  }

  /** Returns the buffer whose first {@link #length()} bytes are the line. */
  byte[] bytes() {
    return line;
  }

  int length() {
    return length;
  }

  /** Returns the number of the line, from 1; that of the last complete one after a failure. */
  long number() {
    return number;
  }

  boolean isTooLong() {
    return tooLong;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private static final class Counting extends FilterInputStream {
    private final LongConsumer progress;

    Counting(InputStream in, LongConsumer progress) {
      super(in);
      this.progress = progress;
    }

    @Override
    public int read(byte[] into, int from, int count) throws IOException {
      int read = super.read(into, from, count);
      progress.accept(Math.max(0, read));
      return read;
    }
  }
}
