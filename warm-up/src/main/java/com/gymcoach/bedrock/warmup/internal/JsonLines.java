package com.gymcoach.bedrock.warmup.internal;

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
 * too long is read to its end without being held. Used by this module and by the example that reads
 * Bedrock's invocation logs. Not thread-safe.
 */
public final class JsonLines implements Closeable {
  private static final int CHUNK = 1 << 16;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream in;
  private final int maxBytes;
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
   * @param maxBytes the longest line that is held
   * @param progress is told how many bytes of the file have been read since it was last told
   */
  public JsonLines(Path file, int maxBytes, LongConsumer progress) throws IOException {
    this.maxBytes = maxBytes;
    InputStream plain =
        new BufferedInputStream(new Counting(Files.newInputStream(file), progress), CHUNK);
    try {
      plain.mark(2);
      boolean gzip = plain.read() == 0x1F && plain.read() == 0x8B;
      plain.reset();
      in = gzip ? new Members(plain) : plain;
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  /**
   * Advances to the next line that is not empty. Returns false at the end.
   *
   * @throws IOException if the file cannot be read on, such as compressed data that is cut off, or
   *     followed by other data
   */
  public boolean next() throws IOException {
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
    if (end == 0 && in instanceof Members gzip && gzip.isFollowedByOther()) {
      throw new IOException("There is something after the compressed data");
    }
    return end > 0;
  }

  private void append(int from, int count) {
    if (tooLong || length + count > maxBytes) {
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
  public byte[] bytes() {
    return line;
  }

  /** Returns the length of the line in bytes; 0 if it is too long. */
  public int length() {
    return length;
  }

  /** Returns the number of the line, from 1; that of the last complete one after a failure. */
  public long number() {
    return number;
  }

  /** Returns whether the line is longer than what is held. */
  public boolean isTooLong() {
    return tooLong;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /**
   * The members of a file of gzip, one after the other. The JDK takes a damaged header of a later
   * member for the end.
   */
  private static final class Members extends GZIPInputStream {
    private static final int TRAILER = 8;

    /** How many bytes were read, by the inflater and past it. */
    private final long[] read;

    private long readAtFill;

    Members(InputStream in) throws IOException {
      this(in, new long[1]);
    }

    private Members(InputStream in, long[] read) throws IOException {
      super(new Counting(in, count -> read[0] += count), CHUNK);
      this.read = read;
    }

    @Override
    protected void fill() throws IOException {
      super.fill();
      readAtFill = read[0];
    }

    /**
     * Returns whether the file continues after the last member that can be read. The JDK reads a
     * trailer, and looks for a header, past the inflater.
     */
    boolean isFollowedByOther() throws IOException {
      return inf.getRemaining() + read[0] - readAtFill > TRAILER || in.read() >= 0;
    }
  }

  private static final class Counting extends FilterInputStream {
    private final LongConsumer progress;

    Counting(InputStream in, LongConsumer progress) {
      super(in);
      this.progress = progress;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      progress.accept(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] into, int from, int count) throws IOException {
      int read = super.read(into, from, count);
      progress.accept(Math.max(0, read));
      return read;
    }
  }
}
