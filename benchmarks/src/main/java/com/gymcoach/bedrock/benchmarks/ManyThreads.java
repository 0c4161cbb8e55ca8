package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Hits of Converse by 1 to 64 threads at once, with prompts of 0.5 KB and a sink: how far threads
 * of one process slow each other down. With fewer cores than threads, the calls a second cannot
 * grow; the processor time of a call then shows contention.
 */
public final class ManyThreads {
  private static final List<Integer> THREADS = List.of(1, 2, 4, 8, 16, 32, 64);

  /** Where the answers come from. */
  private enum From {
    /** Memory. */
    MEMORY(0),
    /** Nine of ten from memory, the others from the table. */
    BOTH(0.1),
    /** The table. */
    TABLE(1);

    private final double tableShare;

    From(double tableShare) {
      this.tableShare = tableShare;
    }
  }

  /** The questions of each thread. */
  private enum Keys {
    /** The same as every other thread, for the same user. */
    SAME,
    /** Its own, for its own user. */
    OWN
  }

  private final DynamoDbClient dynamoDb;
  private final long millis;

  private ManyThreads(DynamoDbClient dynamoDb, long millis) {
    this.dynamoDb = dynamoDb;
    this.millis = millis;
  }

  /**
   * Measures, and prints a table: calls a second, and processor time a call.
   *
   * @param args how long each cell is measured, in milliseconds
   */
  public static void main(String[] args) throws Exception {
    int most = THREADS.get(THREADS.size() - 1);
    try (OtherProcess table = new OtherProcess(TableProcess.class);
        DynamoDbClient dynamoDb =
            WarmHit.sync(table.endpoint(), Apache5HttpClient.builder().maxConnections(most))) {
      new ManyThreads(dynamoDb, Long.parseLong(args[0])).table();
    }
  }

  private void table() throws Exception {
    say("| threads |");
    THREADS.forEach(threads -> say(" " + threads + " |"));
    say("\n|---|" + "--:|".repeat(THREADS.size()));
    for (From from : From.values()) {
      for (Keys keys : Keys.values()) {
        say("\n| " + (from + ", " + keys + " keys").toLowerCase(Locale.ROOT) + " |");
        for (int threads : THREADS) {
          cell(from, keys, threads);
        }
      }
    }
    say("\n");
  }

  private void cell(From from, Keys keys, int threads) throws Exception {
    InstantBedrock bedrock = new InstantBedrock();
    try (BedrockCache first = cache();
        BedrockCache cache = cache()) {
      List<Caller> callers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        String user = "user-" + (keys == Keys.OWN ? i : 0);
        new Caller(bedrock, first, user, from).askBoth(); // from now on the table has the answers
        callers.add(new Caller(bedrock, cache, user, from));
      }
      run(callers, millis / 2); // to warm up
      long answers = bedrock.calls();
      long cpu = OtherProcess.cpuNanos();
      long began = System.nanoTime();
      long calls = run(callers, millis);
      double seconds = (System.nanoTime() - began) / 1e9;
      double cpuMicros = (OtherProcess.cpuNanos() - cpu) / 1e3 / calls;
      if (bedrock.calls() > answers) {
        throw new IllegalStateException("Bedrock was called: these were not all hits");
      }
      say(String.format(Locale.ROOT, " %,.0f, %.1f µs |", calls / seconds, cpuMicros));
    }
  }

  private BedrockCache cache() {
    return BedrockCache.builder()
        .metricsSink(new Told.Adding())
        .store(WarmHit.store().client(dynamoDb).build())
        .build();
  }

  /** Runs each caller on a separate thread, and returns the number of all calls. */
  private static long run(List<Caller> callers, long millis) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(callers.size());
    try {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      List<Callable<Long>> tasks = new ArrayList<>();
      callers.forEach(caller -> tasks.add(() -> caller.askUntil(end)));
      long calls = 0;
      for (Future<Long> done : threads.invokeAll(tasks)) {
        calls += done.get();
      }
      return calls;
    } finally {
      threads.shutdown();
    }
  }

  @SuppressWarnings("SystemOut") // a program that is watched while it runs
  private static void say(String text) {
    System.out.print(text);
  }

  /** Asks for a user. Used by one thread at a time. */
  private static final class Caller {
    private final CachingBedrockClient bedrock;
    private final double tableShare;
    private final Prompts prompts = new Prompts(512);

    Caller(InstantBedrock bedrock, BedrockCache cache, String user, From from) {
      this.bedrock =
          CachingBedrockClient.create(bedrock, cache)
              .forScope(CacheScope.user(user).endpoint("chat"));
      this.tableShare = from.tableShare;
    }

    void askBoth() {
      askMemory();
      prompts.number(1);
      bedrock.converse(prompts.converse());
    }

    long askUntil(long end) {
      long calls = 0;
      do {
        if (ThreadLocalRandom.current().nextDouble() < tableShare) {
          askTable();
        } else {
          askMemory();
        }
        calls++;
      } while (System.nanoTime() < end);
      return calls;
    }

    private void askMemory() {
      prompts.number(0);
      bedrock.converse(prompts.converse());
    }

    /** The answer is never put into memory. */
    private void askTable() {
      prompts.number(1);
      bedrock.converse(CacheControl.NO_STORE.applyTo(prompts.converse()));
    }
  }
}
