package com.gymcoach.bedrock.examples.load.day;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What users saw, by minute of the day. Thread-safe. */
final class Seen {
  /** Stands for the status of a call that got no reply. */
  static final int NO_REPLY = -1;

  private static final int DIGITS = 2;
  private static final long MOST_MICROS = TimeUnit.MINUTES.toMicros(2);

  private final Map<Integer, Minute> minutes = new ConcurrentSkipListMap<>();
  private final Map<String, LongAdder> wrong = new ConcurrentHashMap<>();

  private static final class Minute {
    private final Map<Integer, LongAdder> statuses = new ConcurrentHashMap<>();
    private final LongAdder hits = new LongAdder();
    private final LongAdder invalidations = new LongAdder();
    private final Set<String> served = ConcurrentHashMap.newKeySet();
    private final Histogram micros = new ConcurrentHistogram(MOST_MICROS, DIGITS);
  }

  /**
   * The sums of some minutes.
   *
   * @param statuses replies to questions by status, and failed invalidations
   * @param served the users who got an answer from the cache
   * @param micros how long answers took
   */
  record Sums(
      Map<Integer, Long> statuses,
      long hits,
      long invalidations,
      Set<String> served,
      Histogram micros) {
    long replies() {
      return statuses.values().stream().mapToLong(Long::longValue).sum();
    }

    long answers() {
      return statuses.getOrDefault(200, 0L);
    }

    /** Returns the share of answers from the cache, 0 to 100; NaN without answers. */
    double hitPercent() {
      return 100.0 * hits / answers();
    }

    /** Returns the share of replies with a status of a hundred, 0 to 100; NaN without replies. */
    double percent(int hundred) {
      long found = 0;
      for (Map.Entry<Integer, Long> entry : statuses.entrySet()) {
        found += entry.getKey() / 100 == hundred ? entry.getValue() : 0;
      }
      return 100.0 * found / replies();
    }
  }

  private Minute at(int minute) {
    return minutes.computeIfAbsent(minute, absent -> new Minute());
  }

  /** Records an answer to a question. */
  void answer(int minute, String user, boolean isHit, Duration took) {
    reply(minute, 200);
    Minute now = at(minute);
    now.micros.recordValue(Math.min(MOST_MICROS, took.toNanos() / 1_000));
    if (isHit) {
      now.hits.increment();
      now.served.add(user);
    }
  }

  /** Records an invalidation that was acknowledged. */
  void invalidation(int minute) {
    at(minute).invalidations.increment();
  }

  /** Records a reply that has no answer. */
  void reply(int minute, int status) {
    at(minute).statuses.computeIfAbsent(status, absent -> new LongAdder()).increment();
  }

  /** Records a wrong answer. */
  void wrong(String how) {
    wrong.computeIfAbsent(how, absent -> new LongAdder()).increment();
  }

  /** Returns the wrong answers, by kind. */
  Map<String, Long> wrong() {
    Map<String, Long> sums = new TreeMap<>();
    wrong.forEach((how, times) -> sums.put(how, times.sum()));
    return sums;
  }

  /** Returns the sums of minutes. */
  Sums sums(int from, int to) {
    Map<Integer, Long> statuses = new TreeMap<>();
    long hits = 0;
    long invalidations = 0;
    Set<String> served = ConcurrentHashMap.newKeySet();
    Histogram micros = new Histogram(MOST_MICROS, DIGITS);
    for (int at = from; at < to; at++) {
      Minute minute = at(at);
      minute.statuses.forEach((status, times) -> statuses.merge(status, times.sum(), Long::sum));
      hits += minute.hits.sum();
      invalidations += minute.invalidations.sum();
      served.addAll(minute.served);
      micros.add(minute.micros);
    }
    return new Sums(statuses, hits, invalidations, served, micros);
  }
}
