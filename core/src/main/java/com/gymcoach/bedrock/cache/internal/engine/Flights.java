package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.time.Duration;
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
  /**
   * Beyond so long a call may be one that never ends, as some of the SDK's do: what comes later
   * does not wait for it. A call that takes longer is then made again, once in this time.
   */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private record Key(EntryAddress address, Fence fence) {
    // By hand: the first use of a record's own takes some 5 ms of a cold start.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key that && fence.equals(that.fence) && address.equals(that.address);
    }

    @Override
    public int hashCode() {
      return 31 * address.hashCode() + fence.hashCode();
    }
  }

  private final TimeSource time;
  private final ConcurrentHashMap<Key, Flight> flights = new ConcurrentHashMap<>();

  Flights(TimeSource time) {
    this.time = time;
  }

  /** A flight and whether the caller leads it, and so must land it. */
  record Boarding(Flight flight, boolean leads) {}

  /**
   * Begins a flight, or boards the one under way, unless that takes longer than it should.
   *
   * @param upstream the call to Bedrock that the caller makes if it leads
   * @param timeout how long the caller would let its own call take, or null for any time
   */
  Boarding board(
      EntryAddress address, Fence fence, Upstream<?> upstream, @Nullable Duration timeout) {
    long now = time.nanoTime();
    Duration longest = timeout == null || timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
    Flight mine = new Flight(new Key(address, fence), upstream, now);
    while (true) {
      Flight underWay = flights.putIfAbsent(mine.key, mine);
      if (underWay == null) {
        return new Boarding(mine, true);
      }
      if (now - underWay.began < longest.toNanos() && underWay.takeOneMore()) {
        return new Boarding(underWay, false);
      }
      flights.remove(mine.key, underWay); // all have left it, and it is being called off; or late
    }
  }

  /** Returns for how long a call has been under way that one might board, or null. */
  @Nullable Duration underWay(EntryAddress address, Fence fence) {
    Flight flight = flights.get(new Key(address, fence));
    return flight == null ? null : Duration.ofNanos(time.nanoTime() - flight.began);
  }

  /** How a flight ended, for those who followed. */
  sealed interface Landing {
    /** With an answer. */
    record Answered(Kept<?> answer, CacheOutcome outcome, @Nullable TokenUsage usage)
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
    private final long began;
    private final AtomicInteger aboard = new AtomicInteger(1);
    private final CompletableFuture<Landing> landing = new CompletableFuture<>();
    private volatile @Nullable Thread starting = Thread.currentThread();
    private volatile @Nullable Thread calling;

    private Flight(Key key, Upstream<?> upstream, long began) {
      this.key = key;
      this.upstream = upstream;
      this.began = began;
    }

    /** Returns whether this thread is at making the call, and so would wait for itself. */
    boolean isBeingStartedByThisThread() {
      return starting == Thread.currentThread() || calling == Thread.currentThread();
    }

    /** This thread is about to make the call: not the leader's, where a store was asked first. */
    void calling() {
      calling = Thread.currentThread();
    }

    /** The call has been made. */
    void called() {
      calling = null;
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
