package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.warmup.Checkpoint.State;
import com.gymcoach.bedrock.warmup.internal.JsonLines;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Hands out the lines of a file of requests that are still to be done. Thread-safe. */
final class LineSource implements Closeable {
  /**
   * A line.
   *
   * @param request the request, or null if the line is malformed or too long
   */
  record Line(long number, @Nullable RequestLine request) {}

  /**
   * The facts about a file that are read before its requests.
   *
   * @param lines the number of its lines that are not empty
   * @param done how many of them need nothing more
   * @param state the state to resume from, which fits the file
   */
  record Outlook(long lines, long done, State state) {
    /**
     * Counts the lines of a file, and checks whether a state is of this file: whether all lines up
     * to its last one are the same. If they are not, the warm-up begins at the first line.
     */
    static Outlook of(Path file, State state) throws IOException {
      long lines = 0;
      long upTo = 0;
      boolean fits = state.done() == 0;
      LineChain chain = new LineChain();
      try (JsonLines in = new JsonLines(file, LineFormat.MAX_BYTES, bytes -> {})) {
        while (in.next()) {
          lines++;
          if (in.number() <= state.done()) {
            upTo++;
            chain.add(in);
            fits |= in.number() == state.done() && chain.is(state.digest());
          }
        }
      }
      return fits
          ? new Outlook(lines, upTo - state.again().size(), state)
          : new Outlook(lines, 0, State.NONE);
    }
  }

  private final JsonLines in;
  private final State from;
  private final Checkpoint checkpoint;
  private final LineChain chain = new LineChain();

  LineSource(Path file, State from, Checkpoint checkpoint) throws IOException {
    this.in = new JsonLines(file, LineFormat.MAX_BYTES, bytes -> {});
    this.from = from;
    this.checkpoint = checkpoint;
  }

  /** Begins the next line and returns it, or returns null at the end. */
  synchronized @Nullable Line next() throws IOException {
    while (in.next()) {
      chain.add(in);
      long number = in.number();
      if (number > from.done() || from.again().contains(number)) {
        checkpoint.begin(number, chain.digest());
        return new Line(number, request());
      }
    }
    return null;
  }

  private @Nullable RequestLine request() {
    if (in.isTooLong()) {
      return null;
    }
    try {
      return RequestLine.read(Arrays.copyOf(in.bytes(), in.length()));
    } catch (IOException malformed) { // reported by its number
      return null;
    }
  }

  @Override
  public synchronized void close() throws IOException {
    in.close();
  }
}
