package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;

/**
 * Sync callers at the same time, at a table that takes 3 ms to answer: as many callers divided by
 * the time of a call are the calls of all of them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Width {
  private static final int CALLERS = 64;
  private static final int BYTES = 2_000;

  /** The timed calls; the first is the base. */
  public enum What {
    /** The BatchGetItem alone, by each caller itself. */
    BARE,
    /** The hit. */
    HIT
  }

  /** The timed call. */
  @Param({"BARE", "HIT"})
  public What way = What.BARE;

  /**
   * How long the table takes. On a busy machine a larger value shows the width, where 3 ms shows
   * the processor.
   */
  @Param("3")
  public String tableMillis = "3";

  private @Nullable OtherProcess server;
  private @Nullable DynamoDbClient dynamoDb;
  private @Nullable CachingBedrockClient cached;
  private final AtomicInteger callers = new AtomicInteger();
  private BatchGetItemRequest lookUp = BatchGetItemRequest.builder().build();

  /** The requests of one caller. */
  @State(Scope.Thread)
  public static class Own {
    private final Prompts prompts = new Prompts(BYTES);

    /** Chooses a question: callers with the same question would share a look-up. */
    @Setup
    public void begin(Width all) {
      prompts.number(all.callers.getAndIncrement() % CALLERS);
    }
  }

  /** Starts the table, and puts the answers where they are to be found. */
  @Setup
  public void fill() {
    server = new OtherProcess(TableProcess.class, tableMillis);
    dynamoDb = WarmHit.sync(server.endpoint(), Apache5HttpClient.builder().maxConnections(CALLERS));
    cached = WarmHit.over(WarmHit.store().client(dynamoDb).build());
    Prompts prompts = new Prompts(BYTES);
    for (int i = 0; i < CALLERS; i++) {
      prompts.number(i);
      cached.converse(prompts.converse());
    }
    lookUp = WarmHit.asCached(dynamoDb);
    CacheOutcome outcome = CacheOutcome.of(cached.converse(prompts.converse()));
    if (outcome.source() != CacheSource.WARM) {
      throw new IllegalStateException("Not from the store: " + outcome);
    }
  }

  /** Ends what was begun. */
  @TearDown
  public void end() {
    Objects.requireNonNull(dynamoDb).close();
    Objects.requireNonNull(server).close();
  }

  /** Four callers. */
  @Benchmark
  @Threads(4)
  public Object callers4(Own own) {
    return timed(own);
  }

  /** Sixteen callers. */
  @Benchmark
  @Threads(16)
  public Object callers16(Own own) {
    return timed(own);
  }

  /** As many callers as the store has threads. */
  @Benchmark
  @Threads(CALLERS)
  public Object callers64(Own own) {
    return timed(own);
  }

  private Object timed(Own own) {
    return switch (way) {
      case BARE -> Objects.requireNonNull(dynamoDb).batchGetItem(lookUp);
      case HIT -> Objects.requireNonNull(cached).converse(own.prompts.converse());
    };
  }
}
