package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.CallContext;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/**
 * Measures what the cache adds to a call that bypasses it: a Converse of 4 KB, with a Bedrock that
 * answers at once.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NotCached {
  private static final String BARE = "the bare client";
  private static final String OFF = "mode OFF";
  private static final String DIRECTIVE = "directive BYPASS on the request";
  private static final String POLICY = "the policy refuses the request";
  private static final String NO_SCOPE = "no scope";

  /** Why the call bypasses the cache; the first is the base. */
  @Param({BARE, OFF, DIRECTIVE, POLICY, NO_SCOPE})
  public String way = BARE;

  private final Prompts prompts = new Prompts(4096);
  private BedrockRuntimeClient client = new InstantBedrock();

  /** Puts the cache before Bedrock, but for the base. */
  @Setup
  public void wrap() {
    if (!way.equals(BARE)) {
      BedrockCacheBuilder cache =
          BedrockCache.builder().mode(way.equals(OFF) ? CacheMode.OFF : CacheMode.ON);
      if (way.equals(POLICY)) {
        cache.cachePolicy(new Refusing());
      }
      CachingBedrockClient caching = CachingBedrockClient.create(client, cache.build());
      client = way.equals(NO_SCOPE) ? caching : caching.forScope(CacheScope.user("user-42"));
    }
  }

  /** Converse. */
  @Benchmark
  public ConverseResponse converse() {
    ConverseRequest request = prompts.converse();
    return client.converse(way.equals(DIRECTIVE) ? CacheControl.BYPASS.applyTo(request) : request);
  }

  private static final class Refusing implements CachePolicy {
    @Override
    public boolean mayServe(CallContext call, SdkRequest request) {
      return false;
    }
  }
}
