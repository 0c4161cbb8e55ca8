package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.dynamodb.Report.Event;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/**
 * A service in a separate process that will be killed or frozen. Each of its users asks and
 * invalidates without end, one action at a time, and it reports each result.
 */
final class Service {
  static final List<String> USERS = List.of("alice", "bob", "carol");
  static final Duration DELAY = Duration.ofMillis(200);
  static final Duration DEADLINE = Duration.ofSeconds(20);

  /** One in this many actions of a user is an invalidation. */
  private static final int INVALIDATIONS = 12;

  private final BedrockCache cache;
  private final Caller caller;
  private final int questions;
  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

  private Service(BedrockCache cache, Caller caller, int questions) {
    this.cache = cache;
    this.caller = caller;
    this.questions = questions;
  }

  static ProcessBuilder process(
      Way way, URI bedrock, URI dynamo, String table, Duration budget, int questions, long seed) {
    return ChildJvm.of(Service.class, way, bedrock, dynamo, table, budget, questions, seed);
  }

  static CacheScope scope(String user) {
    return CacheScope.user(user).endpoint("chat");
  }

  public static void main(String[] args) throws IOException {
    Duration budget = Duration.parse(args[4]);
    BedrockCache cache =
        BedrockCache.builder()
            .store(
                Kind.valueOf(args[0])
                    .store(args[3], URI.create(args[2]))
                    .readBudget(budget)
                    .writeBudget(budget)
                    .build())
            .invalidationDelay(DELAY)
            .maxUnverified(DELAY) // what cannot be verified may be served for no longer either
            .build();
    Caller caller =
        new Caller(Way.valueOf(args[0]), URI.create(args[1]), o -> o.apiCallTimeout(DEADLINE));
    Service service = new Service(cache, caller, Integer.parseInt(args[5]));
    for (String user : USERS) {
      Random random = new Random(Long.parseLong(args[6]) * 31 + user.hashCode());
      Thread thread = new Thread(() -> service.run(user, random), user);
      thread.setDaemon(true);
      thread.start();
    }
    System.in.read(); // until the test closes it, or has ended
  }

  private void run(String user, Random random) {
    while (true) {
      if (random.nextInt(INVALIDATIONS) == 0) {
        invalidate(user);
      } else {
        ask(user, Report.question(user, random.nextInt(questions)));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1)); // or it reports its hits alone
    }
  }

  private void ask(String user, String question) {
    long began = System.nanoTime();
    try {
      ConverseResponse response = caller.call(cache, scope(user), question);
      Event event = Event.ANSWERED;
      int number = 0;
      try {
        number = SignedAnswers.number(question, Caller.text(response));
      } catch (RuntimeException | AssertionError wrong) {
        event = Event.WRONG;
      }
      report(event, user, question, number, CacheOutcome.of(response).source(), began);
    } catch (RuntimeException failed) {
      failed.printStackTrace();
      report(Event.FAILED, user, question, 0, CacheSource.BEDROCK, began);
    }
  }

  private void invalidate(String user) {
    long began = System.nanoTime();
    report(Event.INVALIDATING, user, "-", 0, CacheSource.BEDROCK, began);
    Event event = Event.INVALIDATED;
    try {
      cache.invalidate(scope(user));
    } catch (RuntimeException unacknowledged) {
      event = Event.NOT_INVALIDATED;
    }
    report(event, user, "-", 0, CacheSource.BEDROCK, began);
  }

  private synchronized void report(
      Event event, String user, String question, int number, CacheSource source, long began) {
    boolean flawless = cache.stats().faults().isEmpty();
    Report report =
        new Report(event, user, question, number, source, flawless, began, System.nanoTime());
    try {
      out.write(report.line().getBytes(StandardCharsets.US_ASCII)); // a pipe takes it whole
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
