package com.gymcoach.bedrock.dynamodb;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;

/** Stands on loopback between the SDK's client and DynamoDB Local, and plays its failures. */
final class FaultProxy implements AutoCloseable {
  private static final Set<String> PASSED_ON =
      Set.of("x-amz-target", "content-type", "authorization", "x-amz-date", "x-amz-security-token");

  /** What becomes of a request. */
  enum Mode {
    /** It is passed on. */
    HEALTHY,
    /** It is refused, with the error that was named. */
    REFUSING,
    /** It is never answered, until {@link FaultProxy#release()}, and then not passed on. */
    SILENT,
    /** It is passed on, and the answer withheld until {@link FaultProxy#release()}. */
    WITHHOLDING,
    /** Of ten deletions one is throttled, and one is done by half. */
    STRUGGLING,
    /** Nothing is deleted, and that is said. */
    UNPROCESSING
  }

  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "fault-proxy");
            thread.setDaemon(true);
            return thread;
          });
  private final URI behind;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger deletions = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();
  private final int port;
  private volatile HttpServer server;
  private volatile Mode mode = Mode.HEALTHY;
  private volatile String only = "";
  private volatile String error = "";
  private volatile CountDownLatch held = new CountDownLatch(0);
  private volatile CountDownLatch released = new CountDownLatch(0);

  FaultProxy(URI behind) {
    this.behind = behind;
    this.server = open(0);
    this.port = server.getAddress().getPort();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  int requests() {
    return requests.get();
  }

  void heal() {
    left.set(0);
    only = "";
    mode = Mode.HEALTHY;
  }

  void refuse(String type) {
    refuse(type, "");
  }

  /** Refuses one operation, or all where empty. */
  void refuse(String type, String operation) {
    error = type;
    only = operation;
    mode = Mode.REFUSING;
  }

  /** Refuses an operation after it has been passed on this many times. */
  void refuseAfter(int passed, String operation) {
    left.set(passed);
    refuse("ThrottlingException", operation);
  }

  /** Plays a fault that lasts until {@link #heal()}; of an operation, or of all where empty. */
  void play(Mode wanted, String operation) {
    held = new CountDownLatch(1);
    released = new CountDownLatch(1);
    only = operation;
    mode = wanted;
  }

  /** Waits until a request is held; those passed on before have then been done. */
  void awaitHeld() throws InterruptedException {
    if (!held.await(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("Waited 30 s for a request to hold up");
    }
  }

  /** Lets go what is held up. */
  void release() {
    released.countDown();
  }

  /** From now on connections are refused. */
  void stop() {
    server.stop(0);
  }

  void resume() {
    server = open(port);
  }

  @Override
  public void close() {
    release();
    server.stop(0);
    threads.shutdownNow();
  }

  private HttpServer open(int wanted) {
    try {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      HttpServer opened = HttpServer.create(new InetSocketAddress(loopback, wanted), 0);
      opened.setExecutor(threads);
      opened.createContext("/", this::handle);
      opened.start();
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      requests.incrementAndGet();
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      Mode now = target != null && target.endsWith(only) ? mode : Mode.HEALTHY;
      if (now == Mode.REFUSING && left.getAndDecrement() <= 0) {
        answer(exchange, 400, null, error(error));
        return;
      }
      if (now == Mode.SILENT) {
        held.countDown();
        released.await();
        return;
      }
      boolean deletes = target != null && target.endsWith("BatchWriteItem");
      if (now == Mode.UNPROCESSING && deletes) {
        answer(exchange, 200, null, unprocessed(body, 0));
        return;
      }
      int turn = now == Mode.STRUGGLING && deletes ? deletions.getAndIncrement() % 10 : -1;
      if (turn == 0) {
        answer(exchange, 400, null, error("ProvisionedThroughputExceededException"));
        return;
      }
      if (turn == 1) {
        client.send(passedOn(exchange, firstHalf(body)), BODY);
        answer(exchange, 200, null, unprocessed(body, 1));
        return;
      }
      HttpResponse<byte[]> response = client.send(passedOn(exchange, body), BODY);
      if (now == Mode.WITHHOLDING) {
        held.countDown();
        released.await();
      }
      answer(
          exchange,
          response.statusCode(),
          response.headers().firstValue("x-amz-crc32").orElse(null),
          response.body());
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] error(String type) {
    return ("{\"__type\":\"com.amazonaws.dynamodb.v20120810#" + type + "\",\"message\":\"no\"}")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The request with the first half of what it wants written. */
  private static byte[] firstHalf(byte[] body) {
    Map.Entry<String, List<JsonNode>> batch = batch(body);
    int half = batch.getValue().size() / 2;
    return half == 0
        ? body
        : json("RequestItems", batch.getKey(), batch.getValue().subList(0, half));
  }

  /** The answer that leaves all unprocessed, or the second half. */
  private static byte[] unprocessed(byte[] body, int halves) {
    Map.Entry<String, List<JsonNode>> batch = batch(body);
    int half = batch.getValue().size() / 2;
    int from = halves == 0 ? 0 : half == 0 ? 1 : half;
    return json(
        "UnprocessedItems",
        batch.getKey(),
        batch.getValue().subList(from, batch.getValue().size()));
  }

  private static Map.Entry<String, List<JsonNode>> batch(byte[] body) {
    Map.Entry<String, JsonNode> items =
        JsonNodeParser.create()
            .parse(new String(body, StandardCharsets.UTF_8))
            .field("RequestItems")
            .orElseThrow()
            .asObject()
            .entrySet()
            .iterator()
            .next();
    return Map.entry(items.getKey(), items.getValue().asArray());
  }

  private static byte[] json(String name, String table, List<JsonNode> writes) {
    String of =
        writes.isEmpty()
            ? ""
            : "\""
                + table
                + "\":["
                + writes.stream().map(JsonNode::toString).collect(Collectors.joining(","))
                + "]";
    return ("{\"" + name + "\":{" + of + "}}").getBytes(StandardCharsets.UTF_8);
  }

  private static final HttpResponse.BodyHandler<byte[]> BODY =
      HttpResponse.BodyHandlers.ofByteArray();

  private HttpRequest passedOn(HttpExchange exchange, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(behind).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return request.build();
  }

  private static void answer(HttpExchange exchange, int status, @Nullable String sum, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
    if (sum != null) {
      exchange.getResponseHeaders().set("x-amz-crc32", sum);
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
