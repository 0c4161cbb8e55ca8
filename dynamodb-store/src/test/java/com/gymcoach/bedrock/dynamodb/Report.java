package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.CacheSource;

/**
 * A line on the standard output of a service, about one action. The times are {@link
 * System#nanoTime()}, which on Linux is the machine's, the same in every process.
 *
 * @param number of the answer; 0 where there is none
 * @param source where the answer came from
 * @param flawless whether nothing went wrong in this process's cache so far
 */
record Report(
    Event event,
    String user,
    String question,
    int number,
    CacheSource source,
    boolean flawless,
    long began,
    long ended) {

  /** The action. */
  enum Event {
    ANSWERED,
    /** An answer came that is not whole, or another's. */
    WRONG,
    FAILED,
    INVALIDATING,
    INVALIDATED,
    NOT_INVALIDATED;

    boolean isCall() {
      return this == ANSWERED || this == WRONG || this == FAILED;
    }
  }

  String line() {
    return String.join(
        " ",
        event.name(),
        user,
        question,
        Integer.toString(number),
        source.name(),
        Boolean.toString(flawless),
        Long.toString(began),
        Long.toString(ended) + "\n");
  }

  static Report parse(String line) {
    String[] part = line.split(" ", -1);
    return new Report(
        Event.valueOf(part[0]),
        part[1],
        part[2],
        Integer.parseInt(part[3]),
        CacheSource.valueOf(part[4]),
        Boolean.parseBoolean(part[5]),
        Long.parseLong(part[6]),
        Long.parseLong(part[7]));
  }

  /** Returns what is asked: it names the user, so that an answer tells whose it is. */
  static String question(String user, int number) {
    return user + "-asks-" + number;
  }
}
