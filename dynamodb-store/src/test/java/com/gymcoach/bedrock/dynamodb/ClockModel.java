package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model of the documented rules for TTLs, clocks and invalidations: which answer an instance
 * gives to a question, and from where.
 */
final class ClockModel {
  static final Duration TTL = Duration.ofHours(1);
  static final Duration HOT_MAX_AGE = Duration.ofMinutes(20);
  static final Duration DELAY = Duration.ofSeconds(10);
  private static final Duration SKEW = Duration.ofMinutes(5);

  /** DynamoDB Local deletes by the machine's clock: no jump goes back as far as that. */
  private final Instant began =
      Instant.now().plus(Duration.ofDays(30)).truncatedTo(ChronoUnit.MILLIS);

  private Duration elapsed = Duration.ZERO;
  private final Map<String, Kept> table = new HashMap<>();
  private final List<Instance> instances;

  /** Returns two instances with caches over one table, which is empty. */
  ClockModel(Function<ManualTime, BedrockCache> cache) {
    this.instances = List.of(new Instance(cache), new Instance(cache));
  }

  /** An answer in the table, good until the reader's clock is an hour past its making. */
  private record Kept(int number, Instant made) {}

  /** An answer in memory, good until either clock says that it is not. */
  private record Held(int number, Instant until, Duration untilElapsed) {}

  /** A process with its own clocks. */
  final class Instance {
    final ManualTime time = ManualTime.startingAt(began);
    final BedrockCache cache;
    private final Map<String, Held> memory = new HashMap<>();

    /** When another instance invalidated what is held here, by question. */
    private final Map<String, Duration> invalidatedElsewhere = new HashMap<>();

    Instance(Function<ManualTime, BedrockCache> cache) {
      this.cache = cache.apply(time);
    }

    void jump(Duration by) {
      time.setWall(time.now().plus(by));
    }

    /** Sets the wall clock as if it had never jumped. */
    void correct() {
      time.setWall(began.plus(elapsed));
    }

    private @Nullable Held held(String question) {
      Held held = memory.get(question);
      return held != null
              && time.now().isBefore(held.until)
              && elapsed.compareTo(held.untilElapsed) < 0
          ? held
          : null;
    }

    private void hold(String question, int number, Instant expires) {
      Duration left = Duration.between(time.now(), expires);
      Duration most = left.compareTo(HOT_MAX_AGE) < 0 ? left : HOT_MAX_AGE;
      memory.put(question, new Held(number, time.now().plus(most), elapsed.plus(most)));
      invalidatedElsewhere.remove(question);
    }
  }

  List<Instance> instances() {
    return instances;
  }

  /** Advances the clocks of all processes. */
  void advance(Duration by) {
    elapsed = elapsed.plus(by);
    instances.forEach(instance -> instance.time.advance(by));
  }

  void invalidated(Instance by, String user) {
    table.keySet().removeIf(question -> question.startsWith(user));
    by.memory.keySet().removeIf(question -> question.startsWith(user));
    for (Instance other : instances) {
      other.memory.keySet().stream()
          .filter(question -> question.startsWith(user))
          .forEach(question -> other.invalidatedElsewhere.putIfAbsent(question, elapsed));
    }
  }

  /** Checks what an instance has answered, and takes note of it. */
  void answered(Instance instance, String user, String question, int number, CacheSource source) {
    Held held = instance.held(question);
    Duration since = instance.invalidatedElsewhere.get(question);
    boolean onlyMarkersRead = false;
    if (since != null && held != null) {
      boolean mayBe = elapsed.minus(since).compareTo(DELAY) < 0;
      if (mayBe && source == CacheSource.HOT) {
        assertThat(number).isEqualTo(held.number);
        return;
      }
      held = null;
      // To verify what is in memory its markers are read, and not what may be in the table by now.
      onlyMarkersRead = source == CacheSource.BEDROCK;
    }
    Instant now = instance.time.now();
    Kept kept = table.get(question);
    if (held != null) {
      assertThat(source).as("in memory, and good").isEqualTo(CacheSource.HOT);
      assertThat(number).isEqualTo(held.number);
    } else if (!onlyMarkersRead
        && kept != null
        && !kept.made.isAfter(now.plus(SKEW))
        && now.isBefore(kept.made.plus(TTL))) {
      assertThat(source).as("in the table, and good").isEqualTo(CacheSource.WARM);
      assertThat(number).isEqualTo(kept.number);
      Instant made = kept.made.isAfter(now) ? now : kept.made;
      instance.hold(question, number, made.plus(TTL));
    } else {
      assertThat(source).as("nowhere good").isEqualTo(CacheSource.BEDROCK);
      table.put(question, new Kept(number, now));
      instance.hold(question, number, now.plus(TTL));
    }
  }
}
