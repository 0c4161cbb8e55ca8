package com.gymcoach.bedrock.warmup;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How far a warm-up has come: every line up to {@code done} has been dealt with, except those to be
 * asked again. Lines are begun in their order and end in any order; the checkpoint moves only past
 * lines that have ended. Thread-safe.
 */
final class Checkpoint {
  /** The most lines that are remembered to be asked again; the run stops at more. */
  static final int MAX_AGAIN = 10_000;

  /**
   * The most lines that are remembered beyond the last one up to which all are done: while a call
   * takes long, others go on, but not to the end of a large file.
   */
  private static final int MAX_AHEAD = 10_000;

  private static final String HEAD = "bedrock-cache warm-up, format 1";

  /**
   * The content of a state file.
   *
   * @param done the number of the last line of the part that is done, or 0
   * @param digest the digest of the lines up to there
   * @param again lines of that part that failed
   */
  record State(long done, byte[] digest, SortedSet<Long> again) {
    static final State NONE = new State(0, new byte[0], new TreeSet<>());
  }

  private static final class Begun {
    final long number;
    final byte[] digest;
    boolean ended;

    Begun(long number, byte[] digest) {
      this.number = number;
      this.digest = digest;
    }
  }

  private final Deque<Begun> order = new ArrayDeque<>();
  private final Map<Long, Begun> underWay = new HashMap<>();
  private final TreeSet<Long> again;
  private long done;
  private byte[] digest;

  Checkpoint(State from) {
    this.done = from.done();
    this.digest = from.digest();
    this.again = new TreeSet<>(from.again());
  }

  /** Begins a line. Lines are begun in the order of the file. */
  synchronized void begin(long number, byte[] digestThere) {
    if (number > done) {
      Begun begun = new Begun(number, digestThere);
      order.add(begun);
      underWay.put(number, begun);
    }
  }

  /**
   * Ends a line that was begun.
   *
   * @param askAgain whether a resumed warm-up asks it again
   */
  synchronized void end(long number, boolean askAgain) {
    if (askAgain) {
      again.add(number);
    } else {
      again.remove(number);
    }
    Begun begun = underWay.remove(number);
    if (begun == null) {
      return; // a line of an earlier run that was asked again
    }
    begun.ended = true;
    for (Begun first = order.peek(); first != null && first.ended; first = order.peek()) {
      done = first.number;
      digest = first.digest;
      order.remove();
    }
  }

  /** Returns whether another line may be begun now. */
  synchronized boolean hasRoom() {
    return order.size() < MAX_AHEAD;
  }

  /** Returns whether the list of lines to ask again is full, so that the run must end. */
  synchronized boolean isFull() {
    return again.size() >= MAX_AGAIN;
  }

  synchronized boolean nothingAgain() {
    return again.isEmpty();
  }

  /** Returns the content of a state file. */
  synchronized String text() {
    StringBuilder text = new StringBuilder(HEAD);
    text.append("\ndone ").append(done).append(' ').append(HexFormat.of().formatHex(digest));
    // A line beyond "done" is asked again anyhow.
    again.headSet(done, true).forEach(number -> text.append("\nagain ").append(number));
    return text.append("\nend\n").toString();
  }

  /**
   * Reads the content of a state file.
   *
   * @throws RuntimeException if it is not one of this version
   */
  static State parse(List<String> lines) {
    String[] done = lines.get(1).split(" ", -1);
    if (!lines.get(0).equals(HEAD)
        || !done[0].equals("done")
        || !lines.get(lines.size() - 1).equals("end")) {
      throw new IllegalArgumentException("It is not a state file of this version");
    }
    long upTo = Long.parseLong(done[1]);
    TreeSet<Long> again = new TreeSet<>();
    for (String line : lines.subList(2, lines.size() - 1)) {
      again.add(Long.parseLong(line.substring("again ".length())));
    }
    if (!again.isEmpty() && (again.first() < 1 || again.last() > upTo)) {
      throw new IllegalArgumentException("It names lines beyond its own end");
    }
    return new State(upTo, HexFormat.of().parseHex(done[2]), again);
  }
}
