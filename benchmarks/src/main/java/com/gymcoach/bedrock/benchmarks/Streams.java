package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDeltaEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/**
 * A stream of 200 events: from a plain list, from memory by the cache; and from Bedrock's bytes by
 * the SDK's own client, bare and with the cache before it, kept each time. One thread does it all,
 * so time is what it costs the processor; but for the hit, which is played on another thread while
 * this one waits.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Streams {
  private static final CacheScope ALICE = CacheScope.user("user-42").endpoint("chat");

  private final BedrockRuntimeAsyncClient sdk = new CannedStream().client();
  private final BedrockCache cache = BedrockCache.builder().build();
  private final CachingBedrockAsyncClient cached = CachingBedrockAsyncClient.create(sdk, cache);
  private final List<ConverseStreamOutput> events = new ArrayList<>();
  private long number;
  private long characters;

  /** Puts one stream into the list and into memory. */
  @Setup
  public void fill() {
    sdk.converseStream(
            ask(0), ConverseStreamResponseHandler.builder().subscriber(events::add).build())
        .join();
    if (events.size() != CannedStream.EVENTS) {
      throw new IllegalStateException("There are " + events.size() + " events");
    }
    read(cached.forScope(ALICE), 0);
  }

  /** Ends what was begun. */
  @TearDown
  public void end() {
    cached.close();
    cache.close();
  }

  static ConverseStreamRequest ask(long number) {
    Message message =
        Message.builder().role("user").content(ContentBlock.fromText("Question " + number)).build();
    return ConverseStreamRequest.builder().modelId(Prompts.MODEL).messages(message).build();
  }

  private long read(BedrockRuntimeAsyncClient client, long question) {
    characters = 0;
    client
        .converseStream(
            ask(question), ConverseStreamResponseHandler.builder().subscriber(this::count).build())
        .join();
    return characters;
  }

  private void count(ConverseStreamOutput event) {
    if (event instanceof ContentBlockDeltaEvent delta) {
      characters += delta.delta().text().length();
    }
  }

  /** The events from a list. */
  @Benchmark
  public long listOf200() {
    characters = 0;
    events.forEach(this::count);
    return characters;
  }

  /** A hit in memory. */
  @Benchmark
  public long hotHit() {
    return read(cached.forScope(ALICE), 0);
  }

  /** The SDK's own client alone. */
  @Benchmark
  public long sdkAlone() {
    return read(sdk, ++number);
  }

  /** The same with the cache before it: a miss each time, and each is kept. */
  @Benchmark
  public long missAndKept() {
    return read(cached.forScope(ALICE), ++number);
  }
}
