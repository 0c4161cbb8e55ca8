package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.testkit.RealClient.Caller;
import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * A process that fills a cache through every HTTP client, closes the clients and writes what is
 * still alive on its heap to a file. The words to look for are spelt backwards in its code and in
 * its arguments, so that only a request can have brought them there.
 */
final class DumpedProcess {
  static final List<AnswerShape> SHAPES =
      List.of(AnswerShape.SHORT_TEXT, AnswerShape.MESSAGE, AnswerShape.TINY_EVENTS);

  private DumpedProcess() {}

  /**
   * Takes the endpoint, the file, the memo's size; prompt, access key and token backwards. All
   * calls are remembered so that their misses can be explained, which keeps none of their text.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    BedrockCache cache =
        BedrockCache.builder()
            .keyMemoMaxBytes(Long.parseLong(arguments[2]))
            .explains(10_000)
            .build();
    Thread calls = new Thread(() -> fill(cache, arguments)); // its buffers go when it ends
    calls.start();
    calls.join();
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(arguments[1], true);
    if (cache.explanations(CacheScope.shared()).size() < 400) {
      throw new IllegalStateException("Nothing was remembered");
    }
    System.out.println(cache.stats().hotEntries()); // so that the cache is alive until here
    System.exit(0);
  }

  private static void fill(BedrockCache cache, String[] arguments) {
    String prompt = backwards(arguments[3]);
    AwsSessionCredentials credentials =
        AwsSessionCredentials.create(backwards(arguments[4]), "secret", backwards(arguments[5]));
    for (RealClient client : RealClient.values()) {
      try (Caller caller = client.over(URI.create(arguments[0]), credentials)) {
        for (int i = 0; i < 100; i++) {
          AnswerShape shape = SHAPES.get(i % SHAPES.size());
          if (!shape.isStream() || client == RealClient.NETTY) {
            Object request = shape.request(prompt + " of " + client + " " + i);
            caller.call(cache, CacheScope.shared(), request);
            caller.call(cache, CacheScope.shared(), request); // a hit, which the memo remembers
          }
        }
      }
    }
  }

  private static String backwards(String text) {
    return new StringBuilder(text).reverse().toString();
  }
}
