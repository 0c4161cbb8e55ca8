package com.gymcoach.bedrock.examples.replay.logs;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts how often keys occur, in bounded memory: whenever there are too many keys, those with the
 * lowest counts are dropped, by lossy counting. A key that makes up more than {@code 2 / limit} of
 * all is never dropped. Not thread-safe.
 */
final class Frequencies {
  private static final class Count {
    long seen;
    final long missed;

    Count(long missed) {
      this.missed = missed;
    }
  }

  private final int limit;
  private final Map<Digests.Key, Count> counts = new HashMap<>();
  private long all;
  private long rounds;

  /**
   * Creates a count.
   *
   * @param limit how many keys are added between two clearings; each holds some 100 bytes
   */
  Frequencies(int limit) {
    this.limit = limit;
  }

  void add(Digests.Key key) {
    counts.computeIfAbsent(key, first -> new Count(rounds)).seen++;
    if (++all % limit == 0) {
      rounds++;
      counts.values().removeIf(count -> count.seen + count.missed <= rounds);
    }
  }

  /**
   * Returns the keys that occurred most often, and their places in that order, from 0.
   *
   * @param least the lowest count that is wanted
   */
  Map<Digests.Key, Integer> most(int number, long least) {
    List<Digests.Key> most =
        counts.entrySet().stream()
            .filter(each -> each.getValue().seen + each.getValue().missed >= least)
            .sorted(
                Comparator.<Map.Entry<Digests.Key, Count>>comparingLong(
                        each -> -each.getValue().seen)
                    .thenComparingLong(each -> each.getKey().first()))
            .limit(number)
            .map(Map.Entry::getKey)
            .toList();
    Map<Digests.Key, Integer> places = new LinkedHashMap<>();
    most.forEach(key -> places.put(key, places.size()));
    return places;
  }
}
