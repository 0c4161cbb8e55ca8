package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The calls under way, so that callers who ask the same at the same time cost one. The key is the
 * address and the fence: who calls after an invalidation never joins a call from before it.
 * Thread-safe.
 */
final class Flights {
  private record Key(EntryAddress address, Fence fence) {}

  private final ConcurrentHashMap<Key, Flight> flights = new ConcurrentHashMap<>();

  /** A flight and whether the caller leads it, and so must land it. */
  record Boarding(Flight flight, boolean leads) {}

  /**
   * Begins a flight, or boards the one under way.
   *
   * @param upstream the call to Bedrock that the caller makes if it leads
   */
  Boarding board(EntryAddress address, Fence fence, Upstream<?> upstream) {
    Flight mine = new Flight(new Key(address, fence), upstream);
    while (true) {
      Flight underWay = flights.putIfAbsent(mine.key, mine);
      if (underWay == null) {
        return new Boarding(mine, true);
      }
      if (underWay.takeOneMore()) {
        return new Boarding(underWay, false);
      }
      flights.remove(mine.key, underWay); // all have left it: it is being called off
    }
  }

  /** How a flight ended, for those who followed. */
  sealed interface Landing {
    /** With an answer. */
    record Answered(Object response, CacheOutcome outcome, @Nullable TokenUsage usage)
        implements Landing {}

    /** With a failure of the service's, which is everybody's. */
    record Failed(Throwable failure) implements Landing {}

    /** With something that concerns nobody but the leader: the next must lead. */
    record Abandoned() implements Landing {}

    /**
     * With an answer that is fit for the leader only, and would be so for the next leader: each
     * must ask for itself, and they need not wait for one another.
     */
    record Unshareable() implements Landing {}
  }

  /** One call that others may wait for. */
  final class Flight {
    private final Key key;
    private final Upstream<?> upstream;
    private final AtomicInteger aboard = new AtomicInteger(1);
    private final CompletableFuture<Landing> landing = new CompletableFuture<>();
    private volatile @Nullable Thread starting = Thread.currentThread();

    private Flight(Key key, Upstream<?> upstream) {
      this.key = key;
      this.upstream = upstream;
    }

    /** Returns whether this thread is at making the call, and so would wait for itself. */
    boolean isBeingStartedByThisThread() {
      return starting == Thread.currentThread();
    }

    /** The leader's thread has done what it does before it waits, or goes elsewhere. */
    void started() {
      starting = null;
    }

    private boolean takeOneMore() {
      boolean room = aboard.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
      if (room) {
        upstream.hurry();
      }
      return room;
    }

    /** One of those who wait has gone. When the last has, the call is called off. */
    void leave() {
      if (aboard.decrementAndGet() == 0) {
        upstream.abandon();
      }
    }

    /** Returns how the flight ends, in a stage that nobody else can end. */
    CompletableFuture<Landing> landing() {
      return landing.copy();
    }

    /**
     * Ends the flight, once: later calls change nothing. It leaves the table before the followers
     * hear of it, so that a retry of theirs does not find it again.
     */
    void land(Landing how) {
      flights.remove(key, this);
      landing.complete(how);
    }
  }
}
