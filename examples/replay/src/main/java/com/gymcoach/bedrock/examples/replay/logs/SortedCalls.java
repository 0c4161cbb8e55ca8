package com.gymcoach.bedrock.examples.replay.logs;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Sorts any number of calls in bounded memory: sorts as many as fit, writes them to a temporary
 * file, and merges these runs at the end. Not thread-safe.
 */
final class SortedCalls implements Closeable {
  /** The calls of a run: about 20 MB of heap. */
  static final int RUN = 300_000;

  private static final int WRITE_BUFFER = 4_096 * Call.BYTES;

  /** All runs together read with this much memory, but none with less than one call. */
  private static final int READ_MEMORY = 32 << 20;

  private final Path folder;
  private final int most;
  private final List<Run> runs = new ArrayList<>();
  private Call[] calls = new Call[1_024];
  private int count;
  private @Nullable FileChannel file;
  private long written;

  /** Calls in the file, sorted. */
  private record Run(long from, long to) {}

  /** Receives the calls in their order. */
  interface Receiver {
    void accept(Call call) throws IOException;
  }

  /**
   * Creates an empty sorter.
   *
   * @param folder where it creates its file, which only its owner can read
   * @param most the calls held in memory
   */
  SortedCalls(Path folder, int most) {
    this.folder = folder;
    this.most = most;
  }

  void add(Call call) throws IOException {
    if (count == most) {
      spill();
    }
    if (count == calls.length) {
      calls = Arrays.copyOf(calls, Math.min(most, 2 * count));
    }
    calls[count++] = call;
  }

  private void spill() throws IOException {
    FileChannel to = file;
    if (to == null) {
      Path path = Files.createTempFile(folder, "calls", ".tmp"); // for its owner only
      to =
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      file = to;
    }
    Arrays.sort(calls, 0, count, Call.ORDER);
    ByteBuffer buffer = ByteBuffer.allocate(WRITE_BUFFER);
    long from = written;
    for (int i = 0; i < count; i++) {
      calls[i].write(buffer);
      if (!buffer.hasRemaining() || i == count - 1) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          written += to.write(buffer, written);
        }
        buffer.clear();
      }
    }
    runs.add(new Run(from, written));
    count = 0;
  }

  /** Hands over all calls in the order of {@link Call#ORDER}. May be called once. */
  void forEach(Receiver receiver) throws IOException {
    FileChannel from = file;
    if (from == null) {
      Arrays.sort(calls, 0, count, Call.ORDER);
      for (int i = 0; i < count; i++) {
        receiver.accept(calls[i]);
      }
      return;
    }
    if (count > 0) {
      spill();
    }
    calls = new Call[0];
    merge(from, receiver);
  }

  private void merge(FileChannel from, Receiver receiver) throws IOException {
    int each = Math.max(1, READ_MEMORY / runs.size() / Call.BYTES) * Call.BYTES;
    PriorityQueue<Cursor> cursors =
        new PriorityQueue<>((one, other) -> Call.ORDER.compare(one.head, other.head));
    for (Run run : runs) {
      cursors.add(new Cursor(from, run, Math.min(each, 1_024 * Call.BYTES)));
    }
    for (Cursor next = cursors.poll(); next != null; next = cursors.poll()) {
      receiver.accept(next.head);
      if (next.advance()) {
        cursors.add(next);
      }
    }
  }

  /** Deletes the temporary file. */
  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }

  /** The place in a run. A run has at least one call. */
  private static final class Cursor {
    private final FileChannel file;
    private final ByteBuffer buffer;
    private final long to;
    private long at;
    private Call head;

    Cursor(FileChannel file, Run run, int bytes) throws IOException {
      this.file = file;
      this.at = run.from;
      this.to = run.to;
      this.buffer = ByteBuffer.allocate(bytes).flip();
      this.head = read();
    }

    boolean advance() throws IOException {
      if (at == to && !buffer.hasRemaining()) {
        return false;
      }
      head = read();
      return true;
    }

    private Call read() throws IOException {
      if (!buffer.hasRemaining()) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), to - at));
        while (buffer.hasRemaining()) {
          int read = file.read(buffer, at);
          if (read < 0) {
            throw new EOFException("A temporary file has become shorter");
          }
          at += read;
        }
        buffer.flip();
      }
      return Call.read(buffer);
    }
  }
}
