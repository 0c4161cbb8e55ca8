package com.gymcoach.bedrock.cache.sim;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An instance's clocks. Elapsed time is true; the wall clock is wrong, and by more or less. */
final class SimClock implements TimeSource {
  private static final Instant START = Instant.parse("2026-11-24T08:00:00Z");

  private record Offset(long since, long nanos) {}

  private final EventLoop loop;
  private final List<Offset> offsets = new ArrayList<>();

  SimClock(EventLoop loop, long offsetNanos) {
    this.loop = loop;
    offsets.add(new Offset(0, offsetNanos));
  }

  void jump(long nanos) {
    offsets.add(new Offset(loop.now(), offset() + nanos));
  }

  private long offset() {
    return offsets.get(offsets.size() - 1).nanos();
  }

  /** Returns by how much the wall clock was ahead at a time. */
  long offsetAt(long time) {
    long offset = offsets.get(0).nanos();
    for (Offset each : offsets) {
      if (each.since() <= time) {
        offset = each.nanos();
      }
    }
    return offset;
  }

  /** Returns by how much the wall clock was ahead at least, from one time to another. */
  long leastOffset(long from, long to) {
    long least = offsetAt(from);
    for (Offset each : offsets) {
      if (each.since() >= from && each.since() <= to) {
        least = Math.min(least, each.nanos());
      }
    }
    return least;
  }

  boolean isCalm() {
    return offsets.size() == 1 && offset() == 0;
  }

  @Override
  public Instant now() {
    return START.plusNanos(loop.now() + offset());
  }

  @Override
  public long nanoTime() {
    return loop.now();
  }
}
