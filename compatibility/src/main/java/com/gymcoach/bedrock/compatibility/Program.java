package com.gymcoach.bedrock.compatibility;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.compatibility.Operation.Answer;
import com.gymcoach.bedrock.compatibility.Operation.Clients;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * What runs on another class path. Says on its standard output what it saw, a line each: how every
 * kind of call was answered the first time, the second time and after a restart; which faults were
 * counted; which classes reflection failed on; and whether a Spring context started.
 *
 * <p>Arguments: where DynamoDB is and the table's name, or none where the class path has no module
 * for it.
 */
public final class Program {
  /** What its own lines begin with; other libraries write to standard output, too. */
  static final String PREFIX = "program: ";

  private static final AwsRequestOverrideConfiguration OVERRIDES =
      AwsRequestOverrideConfiguration.builder().apiCallTimeout(Duration.ofMinutes(1)).build();
  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret"));

  private final Set<CacheFault> faults = Collections.synchronizedSet(new TreeSet<>());
  private final Clients bare;
  private final Supplier<@Nullable CacheStore> stores;

  private Program(Clients bare, Supplier<@Nullable CacheStore> stores) {
    this.bare = bare;
    this.stores = stores;
  }

  /** Runs it all. */
  public static void main(String[] arguments) {
    Reflection.failures().forEach(failure -> say("reflection fails: " + failure));
    try (BedrockStandIn bedrock = BedrockStandIn.start();
        BedrockRuntimeClient sync = sync(bedrock.endpoint());
        BedrockRuntimeAsyncClient async = async(bedrock.endpoint())) {
      Supplier<@Nullable CacheStore> stores =
          arguments.length == 0
              ? () -> null
              : new Table(URI.create(arguments[0]), arguments[1], CREDENTIALS);
      new Program(new Clients(sync, async), stores).run();
    }
  }

  private void run() {
    try (BedrockCache cache = cache();
        BedrockCache restarted = cache()) {
      Clients first = caching(cache);
      Clients later = caching(restarted);
      say("clients: " + name(first.sync()) + ", " + name(first.async()));
      for (Operation operation : Operation.values()) {
        say(operation + ": " + calls(operation, "plain", null, first, later));
        say(operation + " with overrides: " + calls(operation, "limited", OVERRIDES, first, later));
      }
      say("spring: " + SpringBeans.start(first.sync(), first.async()));
    }
    say("faults: " + faults);
  }

  /** Asks the same through the bare clients, twice through the cache and through a later one. */
  private String calls(
      Operation operation,
      String words,
      @Nullable AwsRequestOverrideConfiguration overrides,
      Clients first,
      Clients later) {
    String question = "A plan for " + operation + ", " + words;
    Answer expected = null;
    String failure = "";
    try {
      expected = operation.ask(bare, question, overrides);
    } catch (Throwable e) { // a broken SDK's clients fail by themselves
      failure = cause(e);
    }
    List<String> came = new ArrayList<>();
    for (Clients clients : List.of(first, first, later)) {
      try {
        Answer answer = operation.ask(clients, question, overrides);
        boolean same = expected != null && answer.content().equals(expected.content());
        came.add(
            (same ? "" : "ANOTHER ANSWER, ")
                + answer.outcome().status()
                + " from "
                + answer.outcome().source());
      } catch (Throwable e) {
        came.add(cause(e).equals(failure) ? "fails as the bare client" : "LOST: " + cause(e));
      }
    }
    return String.join(", ", came);
  }

  private static String cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause().toString()
        : failure.toString();
  }

  private BedrockCache cache() {
    BedrockCacheBuilder builder =
        BedrockCache.builder().metricsSink(MetricsSink.all(this::record, MetricsSink.logging()));
    CacheStore store = stores.get();
    return store == null ? builder.build() : builder.store(store).build();
  }

  private void record(CacheEvent event) {
    faults.addAll(event.faults());
  }

  private Clients caching(BedrockCache cache) {
    CacheScope scope = CacheScope.user("u-1").endpoint("chat");
    return new Clients(
        CachingBedrockClient.create(bare.sync(), cache).forScope(scope),
        CachingBedrockAsyncClient.create(bare.async(), cache).forScope(scope));
  }

  private static BedrockRuntimeClient sync(URI endpoint) {
    return BedrockRuntimeClient.builder()
        .region(Region.US_EAST_1)
        .endpointOverride(endpoint)
        .credentialsProvider(CREDENTIALS)
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  private static BedrockRuntimeAsyncClient async(URI endpoint) {
    return BedrockRuntimeAsyncClient.builder()
        .region(Region.US_EAST_1)
        .endpointOverride(endpoint)
        .credentialsProvider(CREDENTIALS)
        .httpClient(NettyNioAsyncHttpClient.create())
        .build();
  }

  private static String name(Object client) {
    return client.getClass().getSimpleName();
  }

  private static void say(String line) {
    System.out.println(PREFIX + line);
  }
}
