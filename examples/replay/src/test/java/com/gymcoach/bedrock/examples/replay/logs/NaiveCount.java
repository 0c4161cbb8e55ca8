package com.gymcoach.bedrock.examples.replay.logs;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.examples.replay.TableUnits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Counts in the simplest way: all calls in memory, each TTL on its own, texts as keys. */
final class NaiveCount {
  private static final Digest ANY = new Digest(0, 0, 0, 0);
  private static final TableUnits UNITS = new TableUnits();
  private static final double READ = 0.125e-6;
  private static final double WRITE = 0.625e-6;
  private static final int ENVELOPE = 256;

  /** The sums of a group. */
  static final class Sums {
    long calls;
    long lookedUp;
    long repeats;
    long hits;
    long streamHits;
    double saved;
    double table;
  }

  private NaiveCount() {}

  /** Counts by group, and all together under the empty name. */
  static Map<String, Sums> count(List<Asked> calls, Function<Asked, String> key, Duration ttl) {
    Map<String, List<Asked>> byKey = new HashMap<>();
    Map<String, Sums> sums = new HashMap<>();
    for (Asked call : calls) {
      for (String name : List.of("", call.group())) {
        sums.computeIfAbsent(name, added -> new Sums()).calls++;
      }
      if (call.lookedUp() && !key.apply(call).isEmpty()) {
        byKey.computeIfAbsent(key.apply(call), added -> new ArrayList<>()).add(call);
      }
    }
    for (List<Asked> same : byKey.values()) {
      same.sort(Comparator.comparing(Asked::time));
      walk(same, ttl, sums);
    }
    return sums;
  }

  private static void walk(List<Asked> same, Duration ttl, Map<String, Sums> sums) {
    @Nullable Instant expires = null;
    int entry = 0;
    for (int i = 0; i < same.size(); i++) {
      Asked call = same.get(i);
      String endpoint = call.group().substring(call.group().indexOf(' ') + 1);
      EntryAddress address =
          new EntryAddress(new Partition("default", ANY, Partition.WHOLE), endpoint, ANY);
      boolean hit = expires != null && call.time().isBefore(expires);
      double table = READ * UNITS.readUnits(new StoreQuery(address, true, false), hit ? entry : 0);
      if (!hit && call.kept()) {
        expires = call.time().plus(ttl);
        entry = call.answerBytes() + ENVELOPE;
        table += WRITE * UNITS.writeUnits(address, entry);
      }
      for (String name : List.of("", call.group())) {
        Sums sum = sums.get(name);
        if (sum == null) {
          throw new AssertionError(name);
        }
        sum.lookedUp++;
        sum.repeats += i > 0 ? 1 : 0;
        sum.hits += hit ? 1 : 0;
        sum.streamHits += hit && call.stream() ? 1 : 0;
        sum.saved += hit ? call.usd() : 0;
        sum.table += table;
      }
    }
  }
}
