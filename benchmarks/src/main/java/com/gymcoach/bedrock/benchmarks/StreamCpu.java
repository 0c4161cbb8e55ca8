package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;

/**
 * Compares the processor time of a kept streamed miss with that of the same stream read by the SDK
 * alone: real client, Netty and a socket, with Bedrock's stand-in in another process so that its
 * own work is not counted. Rounds of the two alternate; the figure is the CPU time of this whole
 * process, compiler and collector included.
 */
public final class StreamCpu {
  private static final int STREAMS_A_ROUND = 200;
  private static final int WARM_UP = 20;
  private static final int ROUNDS = 60;

  private StreamCpu() {}

  /** Measures and prints; with the argument {@code serve} it is the other process. */
  public static void main(String[] args) throws Exception {
    if (args.length == 1 && args[0].equals("serve")) {
      serve();
    } else {
      try (OtherProcess server = new OtherProcess(StreamCpu.class)) {
        measure(server.endpoint());
      }
    }
  }

  private static void serve() throws IOException {
    byte[] body = CannedStream.body();
    try (BedrockStandIn bedrock =
        BedrockStandIn.start().answerWith(request -> BedrockStandIn.Reply.stream(body))) {
      System.out.println(bedrock.endpoint());
      System.in.readAllBytes(); // until the one who measures has gone
    }
  }

  private static void measure(URI bedrock) {
    try (BedrockRuntimeAsyncClient sdk = client(bedrock);
        BedrockCache cache = BedrockCache.builder().build()) {
      BedrockRuntimeAsyncClient cached =
          CachingBedrockAsyncClient.create(sdk, cache)
              .forScope(CacheScope.user("user-42").endpoint("chat"));
      List<Double> alone = new ArrayList<>();
      List<Double> kept = new ArrayList<>();
      long question = 0;
      for (int round = 0; round < WARM_UP + ROUNDS; round++) {
        boolean counts = round >= WARM_UP;
        for (BedrockRuntimeAsyncClient client : order(round, sdk, cached)) {
          long before = OtherProcess.cpuNanos();
          for (int i = 0; i < STREAMS_A_ROUND; i++) {
            read(client, ++question);
          }
          double each = (OtherProcess.cpuNanos() - before) / 1_000.0 / STREAMS_A_ROUND;
          if (counts) {
            (client == sdk ? alone : kept).add(each);
          }
        }
      }
      System.out.printf(
          "%d events: SDK alone %.0f us of CPU, kept miss %.0f us, %.2f times as much (medians of %d"
              + " rounds of %d; lower quartiles %.2f times)%n",
          CannedStream.EVENTS,
          part(alone, 2),
          part(kept, 2),
          part(kept, 2) / part(alone, 2),
          ROUNDS,
          STREAMS_A_ROUND,
          part(kept, 4) / part(alone, 4));
      if (cache.stats().hotEntries() == 0) {
        throw new IllegalStateException("Nothing was kept");
      }
    }
  }

  /** Alternates the order, because the second finds warm caches and garbage. */
  private static List<BedrockRuntimeAsyncClient> order(
      int round, BedrockRuntimeAsyncClient one, BedrockRuntimeAsyncClient other) {
    return round % 2 == 0 ? List.of(one, other) : List.of(other, one);
  }

  /** Returns the quantile: one in {@code parts} figures lies below it. */
  private static double part(List<Double> figures, int parts) {
    return figures.stream().sorted().skip(figures.size() / parts).findFirst().orElseThrow();
  }

  private static void read(BedrockRuntimeAsyncClient client, long question) {
    client
        .converseStream(
            Streams.ask(question),
            ConverseStreamResponseHandler.builder().subscriber(event -> {}).build())
        .join();
  }

  private static BedrockRuntimeAsyncClient client(URI endpoint) {
    return BedrockRuntimeAsyncClient.builder()
        .httpClient(NettyNioAsyncHttpClient.create())
        .region(Region.US_EAST_1)
        .endpointOverride(endpoint)
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
        .build();
  }
}
