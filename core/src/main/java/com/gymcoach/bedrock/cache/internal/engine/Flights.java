package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsResponse;

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

  /** Begins a flight, or boards the one under way. */
  Boarding board(EntryAddress address, Fence fence) {
    Flight mine = new Flight(new Key(address, fence), Thread.currentThread());
    Flight underWay = flights.putIfAbsent(mine.key, mine);
    return underWay == null ? new Boarding(mine, true) : new Boarding(underWay, false);
  }

  /** How a flight ended, for those who followed. */
  sealed interface Landing {
    /** With an answer. */
    record Answered(AwsResponse response, CacheOutcome outcome, @Nullable TokenUsage usage)
        implements Landing {}

    /** With a failure of the service's, which is everybody's. */
    record Failed(Throwable failure) implements Landing {}

    /** With something that concerns nobody but the leader: the next must lead. */
    record Abandoned() implements Landing {}
  }

  /** One call that others may wait for. */
  final class Flight {
    private final Key key;
    private final Thread leader;
    private final CompletableFuture<Landing> landing = new CompletableFuture<>();

    private Flight(Key key, Thread leader) {
      this.key = key;
      this.leader = leader;
    }

    /** Returns whether it was this thread that began the flight. */
    boolean ledByThisThread() {
      return leader == Thread.currentThread();
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
