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

/**
 * A service in a separate process that asks one question, and ends during the call: by a signal, or
 * because its main thread has ended. It closes nothing.
 */
final class DyingProcess {
  /** Longer than the test takes to end it, on any machine: it must not go on by itself. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private DyingProcess() {}

  static Process start(Way way, URI bedrock, URI dynamo, String table, Instant now, Path output)
      throws IOException {
    return ChildJvm.of(DyingProcess.class, way, bedrock, dynamo, table, now)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  public static void main(String[] args) throws IOException {
    Way way = Way.valueOf(args[0]);
    BedrockCache cache =
        BedrockCache.builder()
            .store(
                Kind.valueOf(args[0])
                    .store(args[3], URI.create(args[2]))
                    .readBudget(LONG)
                    .writeBudget(LONG)
                    .build())
            .timeSource(ManualTime.startingAt(Instant.parse(args[4])))
            .build();
    Caller caller = new Caller(way, URI.create(args[1]));
    Thread asking =
        new Thread(() -> caller.ask(cache, WarmTierFixture.ALICE, "question"), "asking");
    asking.setDaemon(true); // the service's own threads; the rest are the cache's and the SDK's
    asking.start();
    System.in.read(); // until the test closes it, or the process has ended
  }
}
