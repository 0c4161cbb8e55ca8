package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/**
 * One of many processes that are as like as if they had been restored from one snapshot. A JVM
 * cannot be copied without CRIU or CRaC, so each is brought into the same state by the same way:
 * the same settings, keys, clocks, calls and {@link SameRandomness}. It does what its standard
 * input says, a command a line, and answers each with a line.
 */
final class SnapshotCopy {
  private static final int KEY_BYTES = 32;

  /** So long that its jitter tells copies apart to the second. */
  static final Duration TTL = Duration.ofDays(366);

  private final ManualTime time;
  private final BedrockCache cache;
  private final Caller caller;
  private final SameRandomness randomness;

  private SnapshotCopy(String[] args, SameRandomness randomness) {
    byte[] key = new byte[KEY_BYTES];
    new Random(1).nextBytes(key);
    this.randomness = randomness;
    this.time = ManualTime.startingAt(Instant.parse(args[4]));
    this.cache =
        BedrockCache.builder()
            .store(
                Kind.valueOf(args[0]).store(args[3], URI.create(args[2])).timeSource(time).build())
            .ttlPolicy(TtlPolicy.fixed(TTL))
            .sealer(EntrySealer.aes256Gcm(1, key))
            .timeSource(time)
            .build();
    this.caller =
        new Caller(
            Way.valueOf(args[0]), URI.create(args[1]), o -> o.apiCallTimeout(Service.DEADLINE));
  }

  static ProcessBuilder process(Way way, URI bedrock, URI dynamo, String table, Instant now) {
    return ChildJvm.of(SnapshotCopy.class, way, bedrock, dynamo, table, now);
  }

  public static void main(String[] args) throws InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
    Thread thread =
        new Thread( // because it obtains its randomness first
            () -> {
              SnapshotCopy copy = new SnapshotCopy(args, SameRandomness.install());
              new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))
                  .lines()
                  .forEach(command -> out.println(copy.obey(command.split(" ", -1))));
            });
    thread.start();
    thread.join();
    System.exit(0); // the clients' threads may not be daemons
  }

  private String obey(String[] command) {
    return switch (command[0]) {
      case "ask" -> ask(command[1], CacheControl.DEFAULT);
      case "refresh" -> ask(command[1], CacheControl.REFRESH);
      case "invalidate" -> "" + cache.invalidate(Service.scope(command[1]));
      case "checkpoint" -> {
        cache.beforeCheckpoint();
        yield "" + cache.stats().hotEntries();
      }
      case "restore" -> {
        time.setWall(time.now().plus(Duration.parse(command[1])));
        randomness.end();
        cache.afterRestore();
        yield "restored";
      }
      case "advance" -> {
        time.advance(Duration.parse(command[1]));
        yield "advanced";
      }
      default -> throw new IllegalArgumentException(command[0]);
    };
  }

  /** Returns where the answer came from, its number, and for how many seconds it is good. */
  private String ask(String user, CacheControl control) {
    String question = Report.question(user, 1);
    ConverseResponse response = caller.call(cache, Service.scope(user), question, control);
    CacheOutcome outcome = CacheOutcome.of(response);
    return outcome.source()
        + " "
        + SignedAnswers.number(question, Caller.text(response))
        + " "
        + outcome.ttl().orElse(Duration.ZERO).toSeconds();
  }
}
