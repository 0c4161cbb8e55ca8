package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbServiceClientConfiguration;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;

/**
 * What a hit in DynamoDB costs the processor beside the very request that it makes, with the same
 * client; and what callers pay when the table does not answer. The table is a map in another
 * process, behind a socket, so that its own work is not counted.
 */
public final class WarmTier {
  private static final int CALLS_A_ROUND = 1_000;
  private static final int WARM_UP = 8;
  private static final int ROUNDS = 30;

  private WarmTier() {}

  /** Measures and prints; with the argument {@code serve} it is the other process. */
  public static void main(String[] args) throws Exception {
    if (args.length == 1 && args[0].equals("serve")) {
      serve();
      return;
    }
    try (OtherProcess server = new OtherProcess(WarmTier.class)) {
      hit(server.endpoint());
    }
    outage();
  }

  private static void serve() throws IOException {
    Map<String, String> items = new ConcurrentHashMap<>();
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> answer(exchange, items));
    server.start();
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
    System.in.readAllBytes(); // until the one who measures has gone
    server.stop(0);
  }

  private static InetAddress loopback() throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }

  private static void answer(HttpExchange exchange, Map<String, String> items) throws IOException {
    try (exchange) {
      String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String reply = "{}";
      if (exchange.getRequestHeaders().getFirst("X-Amz-Target").endsWith("PutItem")) {
        JsonNode item = JsonNodeParser.create().parse(request).field("Item").orElseThrow();
        items.put(
            item.field("SK").flatMap(key -> key.field("S")).orElseThrow().asString(),
            item.toString());
      } else {
        reply =
            "{\"Responses\":{\"table\":["
                + items.entrySet().stream()
                    .filter(item -> request.contains(item.getKey()))
                    .map(Map.Entry::getValue)
                    .collect(Collectors.joining(","))
                + "]},\"UnprocessedKeys\":{}}";
      }
      byte[] body = reply.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static DynamoDbClient client(URI endpoint) {
    return DynamoDbClient.builder()
        .httpClient(Apache5HttpClient.create())
        .region(Region.US_EAST_1)
        .endpointOverride(endpoint)
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  /** Remembers the last look-up, so that it can be made without the cache. */
  private static final class Noting implements DynamoDbClient {
    private final DynamoDbClient client;
    private BatchGetItemRequest last = BatchGetItemRequest.builder().build();

    Noting(DynamoDbClient client) {
      this.client = client;
    }

    @Override
    public BatchGetItemResponse batchGetItem(BatchGetItemRequest request) {
      last = request;
      return client.batchGetItem(request);
    }

    @Override
    public PutItemResponse putItem(PutItemRequest request) {
      return client.putItem(request);
    }

    @Override
    public DynamoDbServiceClientConfiguration serviceClientConfiguration() {
      return client.serviceClientConfiguration();
    }

    @Override
    public String serviceName() {
      return client.serviceName();
    }

    @Override
    public void close() {
      client.close();
    }
  }

  private static CachingBedrockClient cached(BedrockCache cache) {
    return CachingBedrockClient.create(new InstantBedrock(), cache)
        .forScope(CacheScope.user("user-42").endpoint("chat"));
  }

  private static void hit(URI table) {
    Prompts prompts = new Prompts(2_000);
    try (Noting dynamoDb = new Noting(client(table));
        BedrockCache cache =
            BedrockCache.builder()
                .hotMaxBytes(0)
                .store(
                    DynamoDbCacheStore.builder()
                        .client(dynamoDb)
                        .tableName("table")
                        .readBudget(Duration.ofSeconds(5))
                        .writeBudget(Duration.ofSeconds(5))
                        .build())
                .build()) {
      CachingBedrockClient bedrock = cached(cache);
      bedrock.converse(prompts.converse());
      ConverseResponse second = bedrock.converse(prompts.converse());
      if (CacheOutcome.of(second).source() != CacheSource.WARM) {
        throw new IllegalStateException("Not from the table: " + CacheOutcome.of(second));
      }
      BatchGetItemRequest lookUp = dynamoDb.last;
      double[] alone = new double[ROUNDS];
      double[] hits = new double[ROUNDS];
      for (int round = -WARM_UP; round < ROUNDS; round++) {
        double one = microsEach(() -> dynamoDb.batchGetItem(lookUp));
        double other = microsEach(() -> bedrock.converse(prompts.converse()));
        if (round >= 0) {
          alone[round] = one;
          hits[round] = other;
        }
      }
      System.out.printf(
          "CPU of a look-up: the bare BatchGetItem %.1f us, a hit %.1f us: %.1f us more (medians of"
              + " %d rounds of %d)%n",
          median(alone), median(hits), median(hits) - median(alone), ROUNDS, CALLS_A_ROUND);
    }
  }

  private static double microsEach(Runnable call) {
    long before = OtherProcess.cpuNanos();
    for (int i = 0; i < CALLS_A_ROUND; i++) {
      call.run();
    }
    return (OtherProcess.cpuNanos() - before) / 1_000.0 / CALLS_A_ROUND;
  }

  private static double median(double[] figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** A port that takes connections and never says anything. */
  private static void outage() throws IOException {
    int calls = 5_000;
    try (ServerSocket silent = new ServerSocket(0, 1_000, loopback());
        DynamoDbClient dynamoDb = client(URI.create("http://127.0.0.1:" + silent.getLocalPort()));
        BedrockCache cache =
            BedrockCache.builder()
                .hotMaxBytes(0)
                .store(DynamoDbCacheStore.builder().client(dynamoDb).tableName("table").build())
                .build()) {
      CachingBedrockClient bedrock = cached(cache);
      Prompts prompts = new Prompts(2_000);
      long[] took = new long[calls];
      int paid = 0;
      for (int i = 0; i < calls; i++) {
        prompts.number(i);
        long start = System.nanoTime();
        bedrock.converse(prompts.converse());
        took[i] = System.nanoTime() - start;
        paid += took[i] > Duration.ofMillis(40).toNanos() ? 1 : 0;
      }
      long[] later = Arrays.copyOfRange(took, 100, calls);
      Arrays.sort(later);
      System.out.printf(
          "A table that never answers, %d calls one by one: %d paid the budget of 50 ms; of the"
              + " others after the first 100 the median took %.1f us, the 99th percentile %.1f us%n",
          calls, paid, later[later.length / 2] / 1e3, later[later.length * 99 / 100] / 1e3);
    }
  }
}
