package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.crt.AwsCrtHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/**
 * Compares a hit in the table with the bare request that it makes, with the same client. Between
 * the two is a fair base: the bare request, and then a hit in a store in this memory, which is all
 * the work of a hit except the request. Code that takes 14 microseconds in a loop takes several
 * times as long just after a thread has waited for a socket, because the processor's caches and
 * predictors are cold by then.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WarmHit {
  private static final Duration AMPLE = Duration.ofSeconds(5);
  private static final String TABLE = "table";

  /** The timed work; the first is the base. */
  public enum What {
    /** The BatchGetItem alone. */
    BARE,
    /** The same, and then what a hit does beside it. */
    BARE_THEN_WORK,
    /** The hit. */
    HIT
  }

  /** The timed work. */
  @Param({"BARE", "BARE_THEN_WORK", "HIT"})
  public What way = What.BARE;

  /** The processor time of this process, all its threads, the collector's too. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Cpu {
    /** Nanoseconds. */
    public long cpuNanos;

    /** Calls. */
    public long operations;

    private long begun;

    /** Begins. */
    @Setup(Level.Iteration)
    public void begin() {
      begun = OtherProcess.cpuNanos();
    }

    /** Ends. */
    @TearDown(Level.Iteration)
    public void end() {
      cpuNanos = OtherProcess.cpuNanos() - begun;
    }
  }

  private final OtherProcess server;
  private final DynamoDbClient apache5;
  private final DynamoDbClient crt;
  private final DynamoDbAsyncClient netty;
  private final Prompts prompts = new Prompts(2_000);
  private final CachingBedrockClient overApache5;
  private final CachingBedrockClient onCallersThread;
  private final CachingBedrockClient overCrt;
  private final CachingBedrockClient overNetty;
  private final CachingBedrockClient overMemory;
  private BatchGetItemRequest lookUp = BatchGetItemRequest.builder().build();

  /** Starts the table's process. */
  public WarmHit() {
    server = new OtherProcess(TableProcess.class);
    apache5 = apache5(server.endpoint());
    crt = sync(server.endpoint(), AwsCrtHttpClient.builder());
    netty = async(server.endpoint(), NettyNioAsyncHttpClient.builder());
    overApache5 = over(store().client(apache5).build());
    onCallersThread = over(store().client(apache5).lookUpsOnCallersThread(true).build());
    overCrt = over(store().client(crt).build());
    overNetty = over(store().client(netty).build());
    overMemory = over(new InMemoryCacheStore());
  }

  static DynamoDbClient apache5(URI endpoint) {
    return sync(endpoint, Apache5HttpClient.builder());
  }

  static DynamoDbClient sync(URI endpoint, SdkHttpClient.Builder<?> http) {
    return with(endpoint, DynamoDbClient.builder()).httpClientBuilder(http).build();
  }

  static DynamoDbAsyncClient async(URI endpoint, SdkAsyncHttpClient.Builder<?> http) {
    return with(endpoint, DynamoDbAsyncClient.builder()).httpClientBuilder(http).build();
  }

  private static <B extends AwsClientBuilder<B, ?>> B with(URI endpoint, B builder) {
    return builder
        .region(Region.US_EAST_1)
        .endpointOverride(endpoint)
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()));
  }

  static DynamoDbCacheStore.Builder store() {
    return DynamoDbCacheStore.builder().tableName(TABLE).readBudget(AMPLE).writeBudget(AMPLE);
  }

  static CachingBedrockClient over(CacheStore store) {
    BedrockCache cache = BedrockCache.builder().hotMaxBytes(0).store(store).build();
    return CachingBedrockClient.create(InstantBedrock.withRealAnswer(), cache)
        .forScope(CacheScope.user("user-42").endpoint("chat"));
  }

  /** Puts the answer where it is to be found, and takes down how it is asked for. */
  @Setup
  public void fill() {
    overApache5.converse(prompts.converse());
    overMemory.converse(prompts.converse());
    for (CachingBedrockClient client :
        List.of(overApache5, onCallersThread, overCrt, overNetty, overMemory)) {
      ConverseResponse found = client.converse(prompts.converse());
      if (CacheOutcome.of(found).source() != CacheSource.WARM) {
        throw new IllegalStateException("Not from the store: " + CacheOutcome.of(found));
      }
    }
    lookUp = asCached(apache5);
  }

  /** Returns the look-up of the entry and its markers: the table tells what there is. */
  static BatchGetItemRequest asCached(DynamoDbClient dynamoDb) {
    Map<String, AttributeValue> entry = dynamoDb.query(q -> q.tableName(TABLE)).items().get(0);
    AttributeValue partition = entry.get("PK");
    return BatchGetItemRequest.builder()
        .requestItems(
            Map.of(
                TABLE,
                KeysAndAttributes.builder()
                    .keys(
                        List.of(
                            Map.of("PK", partition, "SK", AttributeValue.fromS("M")),
                            Map.of("PK", partition, "SK", entry.get("SK"))))
                    .consistentRead(true)
                    .projectionExpression("#p, #s, #b, #m, #e, #c")
                    .expressionAttributeNames(
                        Map.of(
                            "#p", "PK", "#s", "SK", "#b", "b", "#m", "s", "#e", "e.chat", "#c",
                            "c"))
                    .build()))
        .build();
  }

  /** Ends what was begun. */
  @TearDown
  public void end() {
    apache5.close();
    crt.close();
    netty.close();
    server.close();
  }

  /** With the sync client over Apache 5. */
  @Benchmark
  public Object apache5(Cpu cpu) {
    cpu.operations++;
    return timed(() -> apache5.batchGetItem(lookUp), overApache5);
  }

  /** The same with {@code lookUpsOnCallersThread}. */
  @Benchmark
  public Object apache5OnCallersThread(Cpu cpu) {
    cpu.operations++;
    return timed(() -> apache5.batchGetItem(lookUp), onCallersThread);
  }

  /** With the sync client over the Common Runtime, whose own threads are native. */
  @Benchmark
  public Object crt(Cpu cpu) {
    cpu.operations++;
    return timed(() -> crt.batchGetItem(lookUp), overCrt);
  }

  /** With the async client over Netty. */
  @Benchmark
  public Object netty(Cpu cpu) {
    cpu.operations++;
    return timed(() -> netty.batchGetItem(lookUp).join(), overNetty);
  }

  private Object timed(Supplier<Object> bare, CachingBedrockClient cached) {
    return switch (way) {
      case BARE -> bare.get();
      case BARE_THEN_WORK -> List.of(bare.get(), overMemory.converse(prompts.converse()));
      case HIT -> cached.converse(prompts.converse());
    };
  }
}
