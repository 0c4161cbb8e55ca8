package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/**
 * A service in a process of its own that asks one question, and ends in the middle of it: by a
 * signal, or because its main thread has nothing left to do. It closes nothing.
 */
final class DyingProcess {
  /** Longer than the test takes to end it, on any machine: it must not go on by itself. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private DyingProcess() {}

  static Process start(Way way, URI bedrock, URI dynamo, String table, Instant now, Path output)
      throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", // it does not live long
                "-cp",
                System.getProperty("java.class.path"),
                DyingProcess.class.getName(),
                way.name(),
                bedrock.toString(),
                dynamo.toString(),
                table,
                now.toString()))
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  public static void main(String[] args) throws IOException {
    Way way = Way.valueOf(args[0]);
    URI dynamo = URI.create(args[2]);
    DynamoDbCacheStore.Builder store =
        DynamoDbCacheStore.builder().tableName(args[3]).readBudget(LONG).writeBudget(LONG);
    BedrockCache cache =
        BedrockCache.builder()
            .store(
                (Kind.valueOf(args[0]) == Kind.SYNC
                        ? store.client(Dynamo.client(dynamo))
                        : store.client(
                            Dynamo.configured(DynamoDbAsyncClient.builder(), dynamo).build()))
                    .build())
            .timeSource(ManualTime.startingAt(Instant.parse(args[4])))
            .build();
    Caller caller = new Caller(way, URI.create(args[1]));
    Thread asking =
        new Thread(() -> caller.ask(cache, WarmTierFixture.ALICE, "question"), "asking");
    asking.setDaemon(true); // a service's own affair: what is left are the cache's and the SDK's
    asking.start();
    System.in.read(); // until the test closes it, or the process is no more
  }
}
