package com.gymcoach.bedrock.examples.load;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Durations and outcomes of calls. Durations are in microseconds. Thread-safe. */
final class Figures {
  static final long MAX_DURATION = TimeUnit.MINUTES.toMicros(10);
  private static final int DIGITS = 3;

  private final Map<Cell, Histogram> took = new ConcurrentHashMap<>();
  private final Recorder lately = new Recorder(MAX_DURATION, DIGITS);
  private final LongAdder looked = new LongAdder();
  private final LongAdder hits = new LongAdder();
  private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> bedrocksErrors = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> wrong = new ConcurrentHashMap<>();
  private final LongAdder invalidations = new LongAdder();
  private final LongAdder unacknowledged = new LongAdder();

  private record Cell(Phase phase, Kind kind, boolean stream) {}

  /** Records an answered call. */
  void answered(Phase phase, Kind kind, boolean stream, long nanos) {
    long micros = Math.min(MAX_DURATION, Math.max(0, TimeUnit.NANOSECONDS.toMicros(nanos)));
    took.computeIfAbsent(
            new Cell(phase, kind, stream), absent -> new ConcurrentHistogram(MAX_DURATION, DIGITS))
        .recordValue(micros);
    lately.recordValue(micros);
    if (kind != Kind.BARE) {
      looked.increment();
      if (kind.isHit()) {
        hits.increment();
      }
    }
  }

  /** Records a call that failed because Bedrock was told to fail. */
  void failedInBedrock(String how) {
    bedrocksErrors.computeIfAbsent(how, absent -> new LongAdder()).increment();
  }

  /** Records an unexpected failure of a call. */
  void failed(String how) {
    errors.computeIfAbsent(how, absent -> new LongAdder()).increment();
  }

  /** Records a wrong answer. */
  void wrong(String how) {
    wrong.computeIfAbsent(how, absent -> new LongAdder()).increment();
  }

  void invalidated(boolean acknowledged) {
    (acknowledged ? invalidations : unacknowledged).increment();
  }

  /** Returns the durations of calls in a phase. */
  Histogram took(Phase phase, Kind kind, boolean stream) {
    Histogram histogram = took.get(new Cell(phase, kind, stream));
    return histogram == null ? new Histogram(MAX_DURATION, DIGITS) : histogram.copy();
  }

  /** Returns the durations of calls in the whole run. */
  Histogram took(Kind kind, boolean stream) {
    Histogram sum = new Histogram(MAX_DURATION, DIGITS);
    for (Phase phase : Phase.values()) {
      sum.add(took(phase, kind, stream));
    }
    return sum;
  }

  /** Returns the durations of calls since the last call of this method. */
  Histogram lately() {
    return lately.getIntervalHistogram();
  }

  /** Returns the number of calls answered through the cache. */
  long looked() {
    return looked.sum();
  }

  /** Returns how many of these avoided a call to Bedrock. */
  long hits() {
    return hits.sum();
  }

  long invalidations() {
    return invalidations.sum();
  }

  long unacknowledged() {
    return unacknowledged.sum();
  }

  /** Returns the unexpected failures, by kind. */
  Map<String, Long> errors() {
    return sums(errors);
  }

  /** Returns the failures that Bedrock was told to produce, by kind. */
  Map<String, Long> bedrocksErrors() {
    return sums(bedrocksErrors);
  }

  /** Returns the wrong answers, by kind. */
  Map<String, Long> wrong() {
    return sums(wrong);
  }

  static long sum(Collection<Long> counts) {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  private static Map<String, Long> sums(Map<String, LongAdder> adders) {
    Map<String, Long> sums = new TreeMap<>();
    adders.forEach((name, adder) -> sums.put(name, adder.sum()));
    return sums;
  }
}
