package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import java.io.IOException;
import java.util.Random;

/**
 * How a hot hit's processor time and the memory of an entry grow with the number of entries, users
 * and endpoints. One thing grows at a time; requests are drawn at random from all that are kept.
 */
public final class Growth {
  private static final int HITS = 100_000;
  private static final int ROUNDS = 7;
  private static final int BYTES = 512;
  private static final int[] SIZES = {1, 100, 1_000, 10_000, 100_000};

  @SuppressWarnings("UnusedVariable") // written so that nothing is optimised away
  private Object last = "";

  private Growth() {}

  /** Maps a number, from 0 on, to a user, a question and an endpoint. */
  private record Spread(String name, int prompts, int users, int endpoints) {
    CacheScope scope(int number) {
      return CacheScope.user("user-" + number % users).endpoint("endpoint-" + number % endpoints);
    }
  }

  /** Measures and prints. */
  public static void main(String[] args) throws IOException {
    System.out.printf("%-40s %10s %14s%n", "kept", "ns a hit", "bytes an entry");
    for (int size : SIZES) {
      new Growth().measure(new Spread(size + " entries of one user", size, 1, 1), size);
    }
    for (int size : SIZES) {
      new Growth().measure(new Spread("one entry of each of " + size + " users", 1, size, 1), size);
    }
    for (int size : new int[] {1, 10, 100, 1_000}) {
      new Growth()
          .measure(new Spread("10000 entries at " + size + " endpoints", 10_000, 1, size), 10_000);
    }
  }

  private void measure(Spread spread, int entries) throws IOException {
    long before = heap();
    try (BedrockCache cache =
        BedrockCache.builder().hotMaxBytes(1L << 30).keyMemoMaxBytes(1L << 28).build()) {
      InstantBedrock bedrock = new InstantBedrock();
      CachingBedrockClient client = CachingBedrockClient.create(bedrock, cache);
      Prompts prompts = new Prompts(BYTES);
      for (int i = 0; i < entries; i++) {
        ask(client, prompts, spread, i);
      }
      long held = heap() - before; // the answers themselves are one object here, and not counted
      long asked = bedrock.calls();
      Random random = new Random(1);
      long least = Long.MAX_VALUE;
      for (int round = 0; round < ROUNDS; round++) {
        long began = ProcessorTime.ofThread();
        for (int i = 0; i < HITS; i++) {
          ask(client, prompts, spread, random.nextInt(entries));
        }
        least = Math.min(least, ProcessorTime.ofThread() - began);
      }
      if (bedrock.calls() != asked) {
        throw new IllegalStateException("These were no hits: " + spread);
      }
      System.out.printf("%-40s %10d %14d%n", spread.name(), least / HITS, held / entries);
    }
  }

  private void ask(CachingBedrockClient client, Prompts prompts, Spread spread, int number) {
    prompts.number(number % spread.prompts());
    last = client.forScope(spread.scope(number)).converse(prompts.converse());
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
