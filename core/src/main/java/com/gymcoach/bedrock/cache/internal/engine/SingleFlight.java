package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The calls under way: callers with the same question at the same time share one. The key is the
 * address and the fence: a caller who comes after an invalidation never joins a call from before
 * it. Thread-safe.
 */
final class SingleFlight {
  /**
   * The longest that a caller joins or follows a call: some calls of the SDK never end. A call that
   * takes longer is made again, once in this time.
   */
  private static final Duration MAX_AGE = Duration.ofMinutes(5);

  /** How often a flight that has followers is checked. */
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(250);

  /**
   * A leader that is inside one callback for this many checks, a second, holds up its followers.
   */
  private static final int MAX_CHECKS_IN_CALLBACK = 4;

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
  private final Executor elsewhere;
  private final ConcurrentHashMap<Key, Flight> singleFlight = new ConcurrentHashMap<>();

  /**
   * Returns a table without flights.
   *
   * @param elsewhere where flights are checked; it takes every task
   */
  SingleFlight(TimeSource time, Executor elsewhere) {
    this.time = time;
    this.elsewhere = elsewhere;
  }

  /** A flight and whether the caller leads it, and so must land it. */
  record Ticket(Flight flight, boolean leads) {}

  /** Returns a flight that the caller will lead if no other is under way. */
  Flight prepare(EntryAddress address, Fence fence, OnceOnlyCall<?> leader) {
    return new Flight(new Key(address, fence), leader, Moment.now(time));
  }

  /**
   * Begins the flight prepared, or boards the one under way, unless that takes longer than it
   * should.
   *
   * @param timeout how long the caller would let its own call take, or null for any time
   */
  Ticket board(Flight prepared, @Nullable Duration timeout) {
    while (true) {
      Flight underWay = singleFlight.putIfAbsent(prepared.key, prepared);
      if (underWay == null) {
        return new Ticket(prepared, true);
      }
      if (!underWay.isOverdue(timeout) && underWay.takeOneMore()) {
        return new Ticket(underWay, false);
      }
      underWay.leaveTable(); // all have left it, and it is being cancelled; or it is overdue
    }
  }

  /** Returns for how long a call has been under way that one might board, or null. */
  @Nullable Duration underWay(EntryAddress address, Fence fence) {
    Flight flight = singleFlight.get(new Key(address, fence));
    return flight == null ? null : flight.age();
  }

  /** How a flight ended, for those who followed. */
  sealed interface Landing {
    /** With an answer. */
    record Answered(Kept<?> answer, CacheOutcome outcome, @Nullable TokenUsage usage)
        implements Landing {}

    /** With a failure of the service's, which is everybody's. */
    record Failed(Throwable failure) implements Landing {}

    /** With something that concerns the leader alone: the next must lead. */
    record Abandoned() implements Landing {}

    /**
     * With nothing that followers can be given or need wait for. Each must ask for itself, without
     * waiting for the others: another leader might fare no better.
     */
    record Unshareable() implements Landing {}

    /** Made beforehand: landing must succeed when nothing else can be allocated. */
    Landing ABANDONED = new Abandoned();

    /** Made beforehand, like the other. */
    Landing UNSHAREABLE = new Unshareable();
  }

  /** One call that others may wait for. */
  final class Flight {
    private final Key key;
    private final OnceOnlyCall<?> leader;
    private final Moment began;
    private final AtomicInteger aboard = new AtomicInteger(1);
    private final AtomicBoolean watched = new AtomicBoolean();
    private final CompletableFuture<Landing> landing = new CompletableFuture<>();
    private volatile @Nullable Thread starting = Thread.currentThread();
    private volatile @Nullable Thread calling;

    private Flight(Key key, OnceOnlyCall<?> leader, Moment began) {
      this.key = key;
      this.leader = leader;
      this.began = began;
    }

    /**
     * Returns whether this thread must not wait for the flight, which waits for this thread: it is
     * making the call, or inside code of the leader's.
     */
    boolean waitsForThisThread() {
      Thread current = Thread.currentThread();
      return starting == current
          || calling == current
          || leader.callerCode().isRunningOnThisThread();
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

    /** By the clock that says more: the process may have been frozen since the flight began. */
    private Duration age() {
      return Duration.ofNanos(began.nanosUntil(time.nanoTime(), time.epochMillis()));
    }

    /** Returns whether the flight has taken longer than a caller would let it. */
    private boolean isOverdue(@Nullable Duration timeout) {
      Duration limit = timeout == null || timeout.compareTo(MAX_AGE) > 0 ? MAX_AGE : timeout;
      return age().compareTo(limit) >= 0;
    }

    private boolean takeOneMore() {
      boolean room = aboard.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
      if (room) {
        leader.bedrockCall().hurry();
        if (watched.compareAndSet(false, true)) {
          checkLater();
        }
      }
      return room;
    }

    private void checkLater() {
      CompletableFuture.delayedExecutor(CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS, elsewhere)
          .execute(this::check);
    }

    /** Followers wait for Bedrock, not for code of the leader's, and not for ever. */
    private void check() {
      if (landing.isDone()) {
        return;
      }
      if (leader.callerCode().check() >= MAX_CHECKS_IN_CALLBACK) {
        leader.shareNoMore();
      } else if (isOverdue(null)) {
        leader.land(Landing.ABANDONED);
        leader.goAlone();
      } else {
        checkLater();
      }
    }

    /** The leader or a follower has left. When the last one leaves, the call is cancelled. */
    void leave() {
      if (aboard.decrementAndGet() == 0) {
        leader.bedrockCall().abandon();
      }
    }

    /** Later callers do not find this flight; those who follow it still do. */
    private void leaveTable() {
      singleFlight.remove(key, this);
    }

    /** Returns how the flight ends, in a stage that only the flight can end. */
    CompletableFuture<Landing> landing() {
      return landing.copy();
    }

    /**
     * Ends the flight, once: later calls change nothing. It leaves the table before the followers
     * learn of it, so that a retry of theirs does not find it again.
     */
    void land(Landing how) {
      try {
        leaveTable();
      } finally {
        landing.complete(how);
      }
    }
  }
}
