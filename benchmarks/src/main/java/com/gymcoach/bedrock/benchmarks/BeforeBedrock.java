package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/**
 * Measures what a miss of 4 KB adds before Bedrock is called. Bedrock refuses at once, with an
 * exception made before, so nothing is kept. Landing the flight is included; the stored form is
 * not.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BeforeBedrock {
  private static final String BARE = "the bare client";
  private static final String CACHED = "**bedrock-cache**, memory only";

  /** The client that is called; the first is the base. */
  @Param({BARE, CACHED})
  public String way = BARE;

  private final Prompts prompts = new Prompts(4096);
  private BedrockRuntimeClient client = new Refusing();
  private long number;

  /** Puts the cache before Bedrock, but for the base. */
  @Setup
  public void wrap() {
    if (way.equals(CACHED)) {
      client =
          CachingBedrockClient.create(client, BedrockCache.builder().build())
              .forScope(CacheScope.user("user-42").endpoint("chat"));
    }
  }

  /** Converse. */
  @Benchmark
  public Object converse() {
    prompts.number(++number);
    try {
      return client.converse(prompts.converse());
    } catch (SdkClientException refused) {
      return refused;
    }
  }

  private static final class Refusing implements BedrockRuntimeClient {
    private final SdkClientException refused = SdkClientException.create("no");
    private final InstantBedrock known = new InstantBedrock();

    @Override
    public ConverseResponse converse(ConverseRequest request) {
      throw refused;
    }

    @Override
    public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
      return known.serviceClientConfiguration();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }
}
