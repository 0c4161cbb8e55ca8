package com.gymcoach.bedrock.examples.replay.logs;

import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.examples.replay.TableUnits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts hits for several TTLs at once, from calls that come by key and then by time. An answer
 * that is kept at a miss lives for the TTL from then on; a hit does not prolong it. Nothing is
 * evicted. Not thread-safe.
 */
final class TtlCount implements SortedCalls.Receiver {
  /** An entry's envelope and its response's headers beside the body, not compressed. */
  private static final int ENVELOPE = 256;

  private static final long NEVER = Long.MIN_VALUE;
  private static final Digest ANY = new Digest(0, 0, 0, 0);
  private static final Partition PARTITION = new Partition("default", ANY, Partition.WHOLE);

  private final long[] ttls;
  private final Periods periods;
  private final PriceList prices;
  private final TableUnits units = new TableUnits();
  private final List<Tally> tallies = new ArrayList<>();
  private final List<EntryAddress> addresses = new ArrayList<>();

  /** For each TTL, the time of the miss whose answer is kept. */
  private final long[] keptAt;

  private final int[] keptBytes;
  private @Nullable Call previous;
  private boolean seen;
  private long duplicates;

  TtlCount(List<Duration> ttls, Periods periods, PriceList prices, List<Groups.Group> groups) {
    this.ttls = ttls.stream().mapToLong(Duration::toMillis).toArray();
    this.periods = periods;
    this.prices = prices;
    this.keptAt = new long[this.ttls.length];
    this.keptBytes = new int[this.ttls.length];
    for (Groups.Group group : groups) {
      tallies.add(new Tally(this.ttls.length, periods));
      addresses.add(new EntryAddress(PARTITION, address(group.endpoint()), ANY));
    }
  }

  private static String address(String endpoint) {
    return endpoint.startsWith("(") ? "none" : endpoint;
  }

  @Override
  public void accept(Call call) {
    Call before = previous;
    previous = call;
    if (before != null && call.isSameCall(before)) {
      duplicates++;
      return;
    }
    if (before == null || !call.sameKey(before)) {
      Arrays.fill(keptAt, NEVER);
      seen = false;
    }
    Tally tally = tallies.get(call.group());
    count(call, tally);
    if (!call.is(Call.LOOKED_UP)) {
      return;
    }
    tally.lookedUp++;
    tally.repeats += seen ? 1 : 0;
    seen = true;
    for (int ttl = 0; ttl < ttls.length; ttl++) {
      lookUp(call, tally, ttl);
    }
  }

  private void count(Call call, Tally tally) {
    tally.calls++;
    tally.charge(call.usd());
    tally.streams += call.is(Call.STREAM) ? 1 : 0;
    tally.kept += call.is(Call.KEPT) ? 1 : 0;
    tally.failed += call.is(Call.FAILED) ? 1 : 0;
    tally.unknown += call.is(Call.UNKNOWN) ? 1 : 0;
    tally.answersUnknown += call.is(Call.ANSWER_UNKNOWN) ? 1 : 0;
    tally.unpriced += call.is(Call.PRICED) ? 0 : 1;
    tally.callsByPeriod[periods.of(call.millis())]++;
  }

  private void lookUp(Call call, Tally tally, int ttl) {
    int period = periods.of(call.millis());
    boolean hit = keptAt[ttl] != NEVER && call.millis() - keptAt[ttl] < ttls[ttl];
    double saved = 0;
    double table = read(call.group(), hit ? keptBytes[ttl] : 0);
    if (hit) {
      saved = call.usd();
      tally.hits[ttl]++;
      tally.streamHits[ttl] += call.is(Call.STREAM) ? 1 : 0;
      tally.hitsByPeriod[ttl][period]++;
    } else if (call.is(Call.KEPT)) {
      keptAt[ttl] = call.millis();
      keptBytes[ttl] = call.answerBytes() + ENVELOPE;
      table += write(call.group(), keptBytes[ttl]);
    }
    tally.book(ttl, period, saved, table);
  }

  /** Every look-up goes to the table here: memory would make it cheaper. */
  private double read(int group, int bytes) {
    StoreQuery query = new StoreQuery(addresses.get(group), true, false);
    return prices.storeUsd(units.readUnits(query, bytes), 0);
  }

  private double write(int group, int bytes) {
    return prices.storeUsd(0, units.writeUnits(addresses.get(group), bytes));
  }

  List<Tally> tallies() {
    return List.copyOf(tallies);
  }

  /** Returns the calls that the log had once more. */
  long duplicates() {
    return duplicates;
  }
}
