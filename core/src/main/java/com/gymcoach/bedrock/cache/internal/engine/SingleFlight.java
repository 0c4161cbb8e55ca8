package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.call.CallTrace;
import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.env.Timers;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.time.Moment;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The calls under way, called flights. Concurrent callers with the same request share one. The key
 * is the address and the fence, or the fences of its parts: a call made after an invalidation never
 * joins one from before it. The operation is part of it too: two forms may share an address, but a
 * response and a stream are not shared under way. Thread-safe.
 */
final class SingleFlight {
  /**
   * The longest a caller joins or follows a call, because some SDK calls never end. A call that
   * takes longer is repeated, once per this time.
   */
  private static final Duration MAX_AGE = Duration.ofMinutes(5);

  /** The interval at which a flight with followers is checked. */
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(250);

  /**
   * The number of checks, lasting one second, after which a leader still inside one callback is
   * delaying its followers.
   */
  private static final int MAX_CHECKS_IN_CALLBACK = 4;

  private record Key(EntryAddress address, Object fences, CacheableOperation<?, ?> operation) {
    // Written by hand: the first use of a record's generated ones adds about 5 ms to a cold start.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key that
          && fences.equals(that.fences)
          && operation.equals(that.operation)
          && address.equals(that.address);
    }

    @Override
    public int hashCode() {
      return 31 * address.hashCode() + fences.hashCode();
    }
  }

  private final TimeSource time;
  private final Timers timers;
  private final Executor executor;
  private final ConcurrentHashMap<Key, Flight> flights = new ConcurrentHashMap<>();

  /** Creates a table without flights. */
  SingleFlight(Environment environment) {
    this.time = environment.time();
    this.timers = environment.timers();
    this.executor = environment.fallback();
  }

  /** A flight, and whether the caller leads it. A leader must land its flight. */
  record Ticket(Flight flight, boolean leads) {}

  /**
   * Returns a flight that the caller leads if no other is under way.
   *
   * @param fences the call's fence, or a list of fences; compared with {@code equals}
   */
  Flight prepare(Exchange<?, ?> leader, Object fences) {
    return new Flight(key(leader, fences), leader.origin(), Moment.now(time));
  }

  private static Key key(Exchange<?, ?> exchange, Object fences) {
    return new Key(exchange.address(), fences, exchange.operation());
  }

  /**
   * Starts the prepared flight, or joins the one under way if it is still joinable.
   *
   * @param timeout the caller's time limit for its own call, or null for none
   */
  Ticket board(Flight prepared, @Nullable Duration timeout) {
    while (true) {
      Flight underWay = flights.putIfAbsent(prepared.key, prepared);
      if (underWay == null) {
        return new Ticket(prepared, true);
      }
      if (underWay.isJoinable(timeout) && underWay.takeOneMore()) {
        return new Ticket(underWay, false);
      }
      underWay.leaveTable(); // all callers have left it, so it is being cancelled; or it is too old
    }
  }

  /** Returns how long the flight that a call could join has been under way, or null for none. */
  @Nullable Duration underWay(Exchange<?, ?> exchange, Object fences) {
    Flight flight = flights.get(key(exchange, fences));
    return flight == null ? null : flight.age();
  }

  /** The end of a flight, as seen by followers. */
  sealed interface Landing {
    /** The flight ended with an answer. */
    record Answered(Kept<?> answer, CacheOutcome outcome, @Nullable TokenUsage usage)
        implements Landing {}

    /** The flight ended with a failure of Bedrock that concerns every caller. */
    record Failed(Throwable failure) implements Landing {}

    /** The flight ended for a reason that concerns its leader alone: a follower must lead next. */
    record Abandoned() implements Landing {}

    /**
     * The flight ended without an answer for followers, or one worth waiting for. Each follower
     * must make its own call without waiting for the others, because another leader might do no
     * better.
     */
    record Unshareable() implements Landing {}

    /** Preallocated: landing must succeed even when out of memory. */
    Landing ABANDONED = new Abandoned();

    /** Preallocated, for the same reason. */
    Landing UNSHAREABLE = new Unshareable();
  }

  /** One call that followers may wait for. */
  final class Flight {
    private final Key key;
    private final OnceOnlyCall<?> leader;
    private final Moment began;
    private final AtomicInteger aboard = new AtomicInteger(1);
    private final AtomicBoolean watched = new AtomicBoolean();
    private final CompletableFuture<Landing> landing = new CompletableFuture<>();
    private volatile @Nullable Thread starting = Thread.currentThread();
    private volatile @Nullable Thread calling;

    /** The age from which on no caller may join. */
    private volatile Duration joinableUntil = MAX_AGE;

    private Flight(Key key, OnceOnlyCall<?> leader, Moment began) {
      this.key = key;
      this.leader = leader;
      this.began = began;
    }

    /**
     * Returns whether this thread must not wait for the flight because the flight waits for this
     * thread. That is so if this thread is making the call or is inside the leader's code.
     */
    boolean waitsForThisThread() {
      Thread current = Thread.currentThread();
      return starting == current
          || calling == current
          || leader.callerCode().isRunningOnThisThread();
    }

    /** Records in a follower's trace, if both are traced, that it follows this flight's leader. */
    void tracedAsLeaderOf(@Nullable CallTrace follower) {
      CallTrace leading = leader.trace();
      if (follower != null && leading != null) {
        follower.follows(leading);
      }
    }

    /**
     * Records that this thread is about to make the call. If the store was read first, it may not
     * be the leader's thread.
     */
    void calling() {
      calling = Thread.currentThread();
    }

    /** Records that the call has been made. */
    void called() {
      calling = null;
    }

    /** Records that the leader's thread has done all it does before it waits or returns. */
    void started() {
      starting = null;
    }

    /**
     * Returns the flight's age, by the clock that shows the longer time: the process may have been
     * frozen since.
     */
    private Duration age() {
      return Duration.ofNanos(began.nanosUntil(time.nanoTime(), time.epochMillis()));
    }

    /**
     * Returns whether the flight has taken longer than the caller's time limit or {@code MAX_AGE}.
     */
    private boolean isOverdue(@Nullable Duration timeout) {
      Duration limit = timeout == null || timeout.compareTo(MAX_AGE) > 0 ? MAX_AGE : timeout;
      return age().compareTo(limit) >= 0;
    }

    /**
     * Lets no caller join after some time from now, when something that the leader has found in the
     * cache is not fresh any more. Called by one thread at a time.
     */
    void joinableFor(Duration fresh) {
      Duration until = age().plus(fresh);
      joinableUntil = until.compareTo(joinableUntil) < 0 ? until : joinableUntil;
    }

    private boolean isJoinable(@Nullable Duration timeout) {
      return !isOverdue(timeout) && age().compareTo(joinableUntil) < 0;
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
      CompletableFuture<Void> unused =
          timers.after(CHECK_INTERVAL).thenRunAsync(this::check, executor);
    }

    /** Releases the followers if the leader's code delays them or the flight is overdue. */
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

    /**
     * Records that the leader or a follower has left. When the last one leaves, the call is
     * abandoned.
     */
    void leave() {
      if (aboard.decrementAndGet() == 0) {
        leader.bedrockCall().abandon();
      }
    }

    /**
     * Removes the flight from the table. Later callers do not find it; its followers still wait for
     * it.
     */
    private void leaveTable() {
      flights.remove(key, this);
    }

    /** Returns a future of the flight's end. Completing this future does not affect the flight. */
    CompletableFuture<Landing> landing() {
      return landing.copy();
    }

    /**
     * Ends the flight. Later calls have no effect. The flight leaves the table before followers
     * learn of its end, so that their retries do not find it again.
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
