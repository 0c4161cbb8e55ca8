package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.warmup.Checkpoint.State;
import com.gymcoach.bedrock.warmup.internal.JsonLines;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
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
   * @param last the number of its last line that is not empty, or 0
   * @param digest the digest of all its lines
   */
  record Outlook(long lines, long done, State state, long last, byte[] digest) {
    /**
     * Counts the lines of a file, and checks whether a state is of this file: whether all lines up
     * to its last one are the same. If they are not, the warm-up begins at the first line.
     *
     * @throws IOException if the file cannot be read, or not twice, because it is a pipe or the
     *     like
     */
    static Outlook of(Path file, State state) throws IOException {
      long lines = 0;
      long upTo = 0;
      long last = 0;
      boolean fits = state.done() == 0;
      LineChain chain = new LineChain();
      try (JsonLines in = open(file)) {
        while (in.next()) {
          lines++;
          last = in.number();
          chain.add(in);
          upTo += last <= state.done() ? 1 : 0;
          fits |= last == state.done() && chain.is(state.digest());
        }
      }
      return fits
          ? new Outlook(lines, upTo - state.again().size(), state, last, chain.digest())
          : new Outlook(lines, 0, State.NONE, last, chain.digest());
    }
  }

  private final JsonLines in;
  private final Path file;
  private final Outlook outlook;
  private final Checkpoint checkpoint;
  private final LineChain chain = new LineChain();

  LineSource(Path file, Outlook outlook, Checkpoint checkpoint) throws IOException {
    this.in = open(file);
    this.file = file;
    this.outlook = outlook;
    this.checkpoint = checkpoint;
  }

  private static JsonLines open(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new FileSystemException(
          file.toString(), null, "is not a regular file, and is read more than once");
    }
    return new JsonLines(file, LineFormat.MAX_BYTES, bytes -> {});
  }

  /**
   * Begins the next line and returns it, or returns null at the end.
   *
   * @throws IOException if the file cannot be read on, or is not the one that the outlook was of
   */
  synchronized @Nullable Line next() throws IOException {
    State from = outlook.state();
    while (in.next()) {
      chain.add(in);
      long number = in.number();
      if ((number == from.done() && !chain.is(from.digest()))
          || (number == outlook.last() && !chain.is(outlook.digest()))) {
        throw changed();
      }
      if (number > from.done() || from.again().contains(number)) {
        checkpoint.begin(number, chain.digest());
        return new Line(number, request());
      }
    }
    if (in.number() < outlook.last()) {
      throw changed();
    }
    return null;
  }

  private IOException changed() {
    return new FileSystemException(file.toString(), null, "was changed while it was read");
  }

  private @Nullable RequestLine request() {
    if (in.isTooLong()) {
      return null;
    }
    try {
      return RequestLine.read(Arrays.copyOf(in.bytes(), in.length()));
    } catch (IOException | RuntimeException malformed) { // reported by its number
      return null;
    }
  }

  @Override
  public synchronized void close() throws IOException {
    in.close();
  }
}
