package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/**
 * Calls and invalidations in several threads. A call that begins after an invalidation has returned
 * never gets an answer from before it.
 */
@Tag(ByNumber.TAG)
@Timeout(3600)
class InvalidationRaceTest {
  private static final int CALLS = ByNumber.cases("calls", 1_000_000);
  private static final int THREADS = 4;
  private static final int USERS = 3;

  /** One call in this many is an invalidation instead. */
  private static final int CALLS_PER_INVALIDATION = 64;

  /** A user whose answers have the version of the time at which they were made. */
  private static final class User {
    final AtomicLong version = new AtomicLong();

    /** The version of the latest invalidation that has returned. */
    final AtomicLong oldest = new AtomicLong();
  }

  /** A cache under test. */
  private interface Cache {
    /** Returns the version of a user's answer. */
    long ask(int user);

    void invalidate(int user, long count);
  }

  private final List<User> users = new ArrayList<>();

  InvalidationRaceTest() {
    for (int i = 0; i < USERS; i++) {
      users.add(new User());
    }
  }

  /** The model's answer: it reads its data first, and is interrupted now and then. */
  private long answer(int user) {
    long version = users.get(user).version.get();
    if (version % 8 == 0) {
      Thread.onSpinWait();
    }
    return version;
  }

  private static CacheScope scope(int user) {
    return CacheScope.user(Integer.toString(user)).endpoint("chat");
  }

  /** Returns the library's cache. The request names the user too, so that Bedrock can. */
  private Cache library(BedrockCache cache) {
    FakeBedrock bedrock = new FakeBedrock();
    bedrock.answer =
        request ->
            FakeBedrock.reply(
                Long.toString(
                    answer(Integer.parseInt(request.messages().get(0).content().get(0).text()))),
                StopReason.END_TURN);
    CachingBedrockClient client = CachingBedrockClient.create(bedrock, cache);
    List<CachingBedrockClient> clients = new ArrayList<>();
    List<ConverseRequest> requests = new ArrayList<>();
    for (int user = 0; user < USERS; user++) {
      clients.add(client.forScope(scope(user)));
      requests.add(FakeBedrock.ask(Integer.toString(user)));
    }
    return new Cache() {
      @Override
      public long ask(int user) {
        return Long.parseLong(
            clients
                .get(user)
                .converse(requests.get(user))
                .output()
                .message()
                .content()
                .get(0)
                .text());
      }

      @Override
      public void invalidate(int user, long count) {
        if (count % 4 == 0) {
          cache.invalidate(CacheScope.user(Integer.toString(user)));
        } else {
          cache.invalidate(scope(user));
        }
      }
    };
  }

  /** Returns what one writes without a library: look up, ask, put; an invalidation removes. */
  private Cache plainMap() {
    ConcurrentHashMap<Integer, Long> map = new ConcurrentHashMap<>();
    return new Cache() {
      @Override
      public long ask(int user) {
        Long kept = map.get(user);
        if (kept == null) {
          kept = answer(user);
          map.put(user, kept);
        }
        return kept;
      }

      @Override
      public void invalidate(int user, long count) {
        map.remove(user);
      }
    };
  }

  /** Returns the number of answers that were too old. */
  private long tooOld(Cache cache, int calls) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Long>> callers = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int first = thread;
        callers.add(() -> tooOld(cache, calls / THREADS, first));
      }
      long sum = 0;
      for (Future<Long> caller : threads.invokeAll(callers)) {
        sum += caller.get();
      }
      return sum;
    } finally {
      threads.shutdownNow();
    }
  }

  private long tooOld(Cache cache, int calls, int thread) {
    long tooOld = 0;
    for (int i = 0; i < calls; i++) {
      int number = (i / CALLS_PER_INVALIDATION + thread) % USERS;
      User user = users.get(number);
      if (i % CALLS_PER_INVALIDATION == 0) {
        long version = user.version.incrementAndGet();
        cache.invalidate(number, version);
        user.oldest.accumulateAndGet(version, Math::max);
      } else {
        long oldest = user.oldest.get();
        tooOld += cache.ask(number) < oldest ? 1 : 0;
      }
    }
    return tooOld;
  }

  @Test
  void converse_whileOtherThreadsInvalidate_neverReturnsAnOldAnswer() throws Exception {
    long began = System.nanoTime();
    try (BedrockCache cache = BedrockCache.builder().build()) {
      assertThat(tooOld(library(cache), CALLS)).isZero();
      long hits = cache.stats().total().hits();
      assertThat(hits).isGreaterThan(CALLS / 2);
      ByNumber.report(CALLS + " racing calls, " + hits + " hits, none too old", began);
    }
  }

  @Test
  void control_mapWithoutFences_returnsOldAnswers() throws Exception {
    assertThat(tooOld(plainMap(), 4_000_000)).isPositive();
  }
}
