package com.gymcoach.bedrock.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The floor: a look-up in Caffeine by a key that is ready, whatever the request's size. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReadyKey {
  private final Cache<Digest, Object> cache =
      Caffeine.newBuilder()
          .maximumSize(Approach.MAX_ENTRIES)
          .expireAfterWrite(Duration.ofHours(1))
          .build();
  private Digest key = new Digest(1, 2, 3, 4);

  /** Keeps an answer. */
  @Setup
  public void prime() {
    key = new Digest(5, 6, 7, 8);
    cache.put(key, InstantBedrock.converseAnswer(1));
  }

  /** The look-up. */
  @Benchmark
  public @Nullable Object caffeine() {
    return cache.getIfPresent(key);
  }
}
