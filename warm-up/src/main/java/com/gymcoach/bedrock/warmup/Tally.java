package com.gymcoach.bedrock.warmup;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The counts of a warm-up or a plan. Thread-safe. */
final class Tally {
  private static final int MAX_MALFORMED = 100;

  private final SortedMap<String, Long> notKept = new TreeMap<>();
  private final SortedMap<String, Long> refused = new TreeMap<>();
  private final SortedMap<String, Long> failures = new TreeMap<>();
  private final List<Long> malformedLines = new ArrayList<>();
  private long malformed;
  private long ended;
  private long hits;
  private long kept;
  private long stored;
  private long failed;

  synchronized void ended() {
    ended++;
  }

  synchronized void hit() {
    hits++;
  }

  synchronized void kept(boolean inStore) {
    kept++;
    stored += inStore ? 1 : 0;
  }

  synchronized void notKept(String reason) {
    notKept.merge(reason, 1L, Long::sum);
  }

  synchronized void refused(String reason) {
    refused.merge(reason, 1L, Long::sum);
  }

  synchronized void failed(Trouble trouble) {
    failures.merge(trouble.name(), 1L, Long::sum);
  }

  /** Counts a line whose last call has failed. */
  synchronized void lineFailed() {
    failed++;
  }

  synchronized void malformed(long number) {
    malformed++;
    if (malformedLines.size() < MAX_MALFORMED) {
      malformedLines.add(number);
      Collections.sort(malformedLines);
    }
  }

  synchronized long hits() {
    return hits;
  }

  synchronized long malformed() {
    return malformed;
  }

  synchronized List<Long> malformedLines() {
    return List.copyOf(malformedLines);
  }

  synchronized SortedMap<String, Long> refused() {
    return copy(refused);
  }

  /**
   * Returns the counts.
   *
   * @param base the figures kept elsewhere: lines, ended before, money, rate, time and end
   */
  synchronized WarmUpProgress progress(WarmUpProgress base) {
    return new WarmUpProgress(
        base.lines(),
        base.ended() + ended,
        hits,
        kept + sum(notKept),
        kept,
        stored,
        sum(notKept),
        sum(refused),
        failed,
        failures.getOrDefault(Trouble.THROTTLED.name(), 0L),
        malformed,
        base.usd(),
        base.assumedUsd(),
        base.ratePerSecond(),
        base.elapsed(),
        base.finished());
  }

  synchronized WarmUpReport report(WarmUpReport.End end, WarmUpProgress counts) {
    return new WarmUpReport(
        end, counts, copy(notKept), copy(refused), copy(failures), List.copyOf(malformedLines));
  }

  private static long sum(SortedMap<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static SortedMap<String, Long> copy(SortedMap<String, Long> counts) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(counts));
  }
}
