package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cloudwatch.CloudWatchMetricsSink;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.HdrHistogram.Histogram;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;

/**
 * Measures whether callers notice a failing CloudWatch: hot hits of Converse with a sink whose
 * CloudWatch is healthy, throttles, denies or never answers, alternating in one run.
 */
public final class CloudWatchTrouble {
  private static final int ROUNDS = 60;
  private static final long ROUND_NANOS = Duration.ofMillis(200).toNanos();

  private final InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});

  private CloudWatchTrouble() throws IOException {}

  /** One state of CloudWatch, and what calls took in it. */
  private record Way(String name, CachingBedrockClient client, Histogram took) {}

  /** Measures and prints. */
  public static void main(String[] args) throws IOException {
    new CloudWatchTrouble().run();
    System.exit(0); // the silent one's sender still waits
  }

  @SuppressWarnings("StreamResourceLeak") // they live for as long as the program
  private void run() throws IOException {
    ServerSocket silent = new ServerSocket(0, 1_000, loopback);
    List<Way> ways = new ArrayList<>();
    ways.add(way("well", server(200, "")));
    ways.add(way("well, once more", server(200, ""))); // how much of a difference is noise
    ways.add(way("throttling", server(400, "ThrottlingException")));
    ways.add(way("denying", server(400, "AccessDeniedException")));
    ways.add(way("silent", uri(silent.getLocalPort())));
    Prompts prompts = new Prompts(512);
    for (int round = 0; round < ROUNDS; round++) {
      for (Way way : ways) {
        if (round == ROUNDS / 3) {
          way.took().reset(); // all is compiled by now
        }
        long end = System.nanoTime() + ROUND_NANOS;
        long now = System.nanoTime();
        while (now < end) {
          way.client().converse(prompts.converse());
          long then = System.nanoTime();
          way.took().recordValue(then - now);
          now = then;
        }
      }
    }
    Histogram base = ways.get(0).took();
    System.out.printf(
        "%-16s %12s %9s %9s %9s %s%n", "CloudWatch", "calls", "p50", "p99", "p99.9", "");
    for (Way way : ways) {
      Histogram took = way.took();
      System.out.printf(
          "%-16s %,12d %6d ns %6d ns %6d ns  p99 x %.3f%n",
          way.name(),
          took.getTotalCount(),
          took.getValueAtPercentile(50),
          took.getValueAtPercentile(99),
          took.getValueAtPercentile(99.9),
          took.getValueAtPercentile(99) / (double) base.getValueAtPercentile(99));
    }
  }

  private static Way way(String name, URI cloudWatch) {
    CloudWatchClient client =
        CloudWatchClient.builder()
            .endpointOverride(cloudWatch)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("none", "none")))
            .httpClient(Apache5HttpClient.create())
            .build();
    BedrockCache cache =
        BedrockCache.builder()
            .metricsSink(
                CloudWatchMetricsSink.builder()
                    .client(client)
                    .interval(Duration.ofSeconds(1))
                    .build())
            .build();
    return new Way(
        name,
        CachingBedrockClient.create(new InstantBedrock(), cache)
            .forScope(CacheScope.user("user-42").endpoint("chat")),
        new Histogram(Duration.ofMinutes(1).toNanos(), 3));
  }

  private URI server(int status, String error) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("smithy-protocol", "rpc-v2-cbor");
            exchange.getResponseHeaders().set("Content-Type", "application/cbor");
            byte[] type =
                ("__type" + (char) (0x60 + 24) + (char) error.length() + error)
                    .getBytes(StandardCharsets.ISO_8859_1);
            byte[] body = new byte[error.isEmpty() ? 2 : type.length + 3];
            body[0] = (byte) 0xBF; // a CBOR map of no stated length
            if (!error.isEmpty()) {
              body[1] = 0x66; // a text of six letters
              System.arraycopy(type, 0, body, 2, type.length);
            }
            body[body.length - 1] = (byte) 0xFF;
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    return uri(server.getAddress().getPort());
  }

  private static URI uri(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }
}
