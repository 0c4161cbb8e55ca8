package com.gymcoach.bedrock.cache.sim;

import com.gymcoach.bedrock.cache.CacheControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** What callers, operators, clocks and faults do and when, all of it decided by a seed. */
final class Schedule {
  /** How Bedrock treats a call. */
  enum Treatment {
    ANSWERS,
    CUTS,
    FAILS,
    THROTTLES,
    HANGS
  }

  /**
   * What Bedrock does with a call.
   *
   * @param failure its failure, the same object in both runs
   */
  record Plan(Treatment treatment, long nanos, boolean late, @Nullable Throwable failure) {}

  /** A step, at a time from the start in nanoseconds, on one instance. */
  sealed interface Step {
    long at();

    int instance();
  }

  /** A caller asks. */
  record Call(
      long at,
      int instance,
      int number,
      Question question,
      CacheControl control,
      @Nullable Duration timeout,
      Plan plan,
      Plan again,
      boolean eager)
      implements Step {}

  /** A caller cancels its call. */
  record Cancel(long at, int instance, int caller) implements Step {}

  /** An instance invalidates answers; those of all endpoints if the endpoint is negative. */
  record Invalidate(long at, int instance, int user, int endpoint) implements Step {}

  /** An operator invalidates the whole namespace. */
  record Purge(long at, int instance) implements Step {}

  /** An instance's wall clock jumps. */
  record Jump(long at, int instance, long millis) implements Step {}

  record Close(long at, int instance) implements Step {}

  /** An instance forgets all it holds, as before a snapshot. */
  record Forget(long at, int instance) implements Step {}

  /** An instance is switched off or on again, by its process or by live settings. */
  record Switch(long at, int instance, boolean off, boolean live) implements Step {}

  /** The store deletes entries early. */
  record Evict(long at, int instance) implements Step {}

  /** Faults of an instance's surroundings begin or end. */
  record Weather(
      long at, int instance, boolean executorRefuses, boolean sinkThrows, @Nullable Fault storeDown)
      implements Step {}

  /** How the instances are built, and how often the store fails. */
  record Options(
      int instances,
      Duration ttl,
      double jitter,
      Duration staleWhileRevalidate,
      Duration staleIfError,
      Duration invalidationDelay,
      boolean bothForms,
      boolean byText,
      boolean verifies,
      boolean observes,
      boolean liveSettings,
      boolean explains,
      boolean noMemory,
      boolean compresses,
      boolean finishesAbandoned,
      double storeFaults,
      boolean skewed) {}

  static final Duration MAX_UNVERIFIED = Duration.ofSeconds(40);

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  private final SplittableRandom random;
  private final Options options;
  private final List<Step> steps = new ArrayList<>();
  private long at;
  private int callers;

  private Schedule(long seed) {
    random = new SplittableRandom(seed);
    options = drawn();
    Focus focus = new Focus();
    int count = 6 + random.nextInt(18);
    for (int i = 0; i < count; i++) {
      at += pause();
      steps.add(step(focus));
    }
  }

  static Schedule of(long seed) {
    return new Schedule(seed);
  }

  Options options() {
    return options;
  }

  private Options drawn() {
    boolean isStale = chance(40);
    return new Options(
        chance(75) ? 2 + random.nextInt(2) : 2 + random.nextInt(9),
        Duration.ofSeconds(random.nextInt(5, 60)),
        chance(30) ? 0.1 : 0,
        isStale ? Duration.ofSeconds(random.nextInt(60)) : Duration.ZERO,
        isStale ? Duration.ofSeconds(random.nextInt(60)) : Duration.ZERO,
        chance(15) ? Duration.ZERO : Duration.ofSeconds(random.nextInt(1, 15)),
        chance(20),
        chance(60),
        chance(12),
        chance(4),
        chance(8),
        chance(5),
        chance(10),
        chance(10),
        chance(10),
        chance(45) ? 0 : random.nextDouble(0.5),
        chance(40));
  }

  List<Step> steps() {
    return steps;
  }

  int callers() {
    return callers;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private long pause() {
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> random.nextLong(5 * MILLI);
      case 3, 4, 5 -> random.nextLong(300 * MILLI);
      case 6, 7 -> random.nextLong(4 * SECOND);
      case 8 -> random.nextLong(20 * SECOND);
      default -> random.nextLong(50 * SECOND);
    };
  }

  /** The few questions that a schedule asks, so that callers meet. */
  private final class Focus {
    /** Whether there is one question, asked at one instance most of the time. */
    private final boolean narrow = chance(25);

    /** Whether there is nothing but calls. */
    private final boolean quiet = narrow && options.storeFaults() == 0 && chance(50);

    private final Operation[] operations = {
      operation(), !narrow && chance(30) ? operation() : null
    };
    private final int texts = narrow ? 1 : 1 + random.nextInt(2);
    private final int users = narrow ? 1 : 1 + random.nextInt(2);
    private final int endpoints = narrow ? 1 : 1 + random.nextInt(2);
    private final int clients = !narrow && chance(25) ? 2 : 1;
    private final boolean shared = chance(15);

    private Operation operation() {
      return Operation.CALLS[random.nextInt(Operation.CALLS.length)];
    }

    Question question() {
      Operation other = operations[1];
      Operation operation = other != null && chance(40) ? other : operations[0];
      return new Question(
          operation,
          operation == Operation.EMBEDDINGS
              ? 1 + random.nextInt(texts == 1 ? 3 : 7)
              : random.nextInt(texts),
          user(),
          random.nextInt(endpoints),
          random.nextInt(clients));
    }

    int user() {
      return shared && chance(60) ? Question.SHARED : random.nextInt(users);
    }
  }

  private Step step(Focus focus) {
    int instance = random.nextInt(focus.narrow && chance(70) ? 1 : options.instances());
    int kind = focus.quiet ? 0 : random.nextInt(100);
    if (kind < 62 || callers == 0) {
      return call(instance, focus.question());
    } else if (kind < 70) {
      Call before = aCall();
      int endpoint = chance(50) ? -1 : before.question().endpoint();
      return new Invalidate(at, instance, before.question().user(), endpoint);
    } else if (kind < 77) {
      Call latest = aCall();
      return new Cancel(at, latest.instance(), latest.number());
    } else if (kind < 80) {
      return new Purge(at, instance);
    } else if (kind < 85) {
      long millis = random.nextLong(1, chance(50) ? 2_000 : 100_000);
      return new Jump(at, instance, chance(50) ? millis : -millis);
    } else if (kind < 87) {
      return new Close(at, instance);
    } else if (kind < 88) {
      return new Forget(at, instance);
    } else if (kind < 91) {
      boolean live = options.liveSettings() && chance(50);
      if (chance(70)) { // on again soon: answers in memory are still fresh
        steps.add(new Switch(at + random.nextLong(4 * SECOND), instance, false, live));
      }
      return new Switch(at, instance, true, live);
    } else if (kind < 93) {
      return new Evict(at, instance);
    }
    return weather(instance);
  }

  /** Returns what fails from now on. It is well again soon, more often than not. */
  private Weather weather(int instance) {
    Fault down = null;
    if (chance(40)) {
      down =
          switch (random.nextInt(4)) {
            case 0 -> Fault.STORE_HANGS;
            case 1 -> Fault.STORE_LATE;
            default -> Fault.STORE_FAILS;
          };
    }
    if (chance(60)) {
      long well = at + random.nextLong(15 * SECOND);
      steps.add(new Weather(well, instance, false, false, null));
    }
    return new Weather(at, instance, chance(40), chance(40), down);
  }

  /** Returns one of the latest calls. */
  private Call aCall() {
    int back = random.nextInt(Math.min(callers, 3));
    for (int i = steps.size() - 1; i >= 0; i--) {
      if (steps.get(i) instanceof Call call && back-- == 0) {
        return call;
      }
    }
    throw new IllegalStateException();
  }

  private Call call(int instance, Question question) {
    CacheControl control =
        switch (random.nextInt(25)) {
          case 0, 1 -> CacheControl.REFRESH;
          case 2 -> CacheControl.ONLY_IF_CACHED;
          case 3 -> CacheControl.BYPASS;
          case 4 -> CacheControl.NO_STORE;
          case 5 -> CacheControl.maxAge(Duration.ofSeconds(random.nextInt(30)));
          case 6 -> CacheControl.EXPLAIN;
          default -> CacheControl.DEFAULT;
        };
    Duration timeout =
        chance(12) ? Duration.ofMillis(random.nextInt(30, chance(50) ? 500 : 20_000)) : null;
    return new Call(
        at, instance, callers++, question, control, timeout, plan(), plan(), chance(70));
  }

  private Plan plan() {
    boolean isLate = chance(8);
    long nanos =
        isLate ? random.nextLong(3 * SECOND, 40 * SECOND) : random.nextLong(MILLI, 2 * SECOND);
    return switch (random.nextInt(20)) {
      case 0, 1 -> new Plan(Treatment.FAILS, nanos, isLate, failure());
      case 2 -> new Plan(Treatment.THROTTLES, nanos, isLate, service(429, "slow down"));
      case 3 -> new Plan(Treatment.CUTS, nanos, isLate, null);
      case 4 ->
          chance(50)
              ? new Plan(Treatment.HANGS, nanos, false, null)
              : new Plan(Treatment.ANSWERS, nanos, isLate, null);
      default -> new Plan(Treatment.ANSWERS, nanos, isLate, null);
    };
  }

  private Throwable failure() {
    return switch (random.nextInt(5)) {
      case 0 -> service(500, "internal");
      case 1 -> service(400, "no such model");
      case 2 -> service(403, "not allowed");
      case 3 ->
          SdkClientException.create(
              "connection reset", new java.io.IOException("connection reset"));
      default -> new IllegalStateException("an interceptor broke");
    };
  }

  private static AwsServiceException service(int status, String message) {
    return AwsServiceException.builder().statusCode(status).message(message).build();
  }
}
