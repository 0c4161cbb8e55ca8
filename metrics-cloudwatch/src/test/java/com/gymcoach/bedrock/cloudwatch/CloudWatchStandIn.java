package com.gymcoach.bedrock.cloudwatch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.IntFunction;
import java.util.zip.GZIPInputStream;

/**
 * A stand-in for CloudWatch on loopback: takes what the SDK's clients send for PutMetricData, in
 * Smithy RPC v2 CBOR, and plays faults.
 */
final class CloudWatchStandIn implements AutoCloseable {
  /** How it answers. */
  enum Answer {
    TAKES,
    THROTTLES,
    DENIES,
    /** Reads the request and says nothing until it is told to hang up. */
    IS_SILENT
  }

  /** A metric as it arrived. */
  record Datum(
      String name,
      String unit,
      Map<String, String> dimensions,
      List<Double> values,
      List<Double> counts) {

    double samples() {
      return counts.stream().mapToDouble(Double::doubleValue).sum();
    }

    double sum() {
      double sum = 0;
      for (int i = 0; i < values.size(); i++) {
        sum += values.get(i) * counts.get(i);
      }
      return sum;
    }
  }

  /** A request as it arrived. */
  record Request(
      String path, String protocol, boolean gzip, int bytes, String namespace, List<Datum> data) {}

  private static final CBORMapper CBOR = new CBORMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch hungUp = new CountDownLatch(1);
  private final List<Request> taken = new CopyOnWriteArrayList<>();
  private final List<Request> refused = new CopyOnWriteArrayList<>();
  private final Semaphore silenced = new Semaphore(0);
  private volatile IntFunction<Answer> script = call -> Answer.TAKES;
  private int calls;

  CloudWatchStandIn() {
    try {
      server =
          HttpServer.create(
              new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  CloudWatchStandIn answers(Answer answer) {
    return answers(call -> answer);
  }

  /** By the number of the request, from 0. */
  CloudWatchStandIn answers(IntFunction<Answer> script) {
    this.script = script;
    return this;
  }

  /** Waits until a request has come that is not answered. */
  void awaitSilence() throws InterruptedException {
    silenced.acquire();
  }

  /** Breaks the connections of requests that are not answered. */
  void hangUp() {
    hungUp.countDown();
  }

  List<Request> taken() {
    return taken;
  }

  List<Request> refused() {
    return refused;
  }

  /** Returns all that was taken. */
  List<Datum> data() {
    return taken.stream().flatMap(request -> request.data().stream()).toList();
  }

  /** Returns what was taken of a metric with exactly these dimensions. */
  List<Datum> data(Metrics metric, Map<String, String> dimensions) {
    return data().stream()
        .filter(d -> d.name().equals(metric.metric()) && d.dimensions().equals(dimensions))
        .toList();
  }

  double sum(Metrics metric, Map<String, String> dimensions) {
    return data(metric, dimensions).stream().mapToDouble(Datum::sum).sum();
  }

  double samples(Metrics metric, Map<String, String> dimensions) {
    return data(metric, dimensions).stream().mapToDouble(Datum::samples).sum();
  }

  /** The statistic Average, as CloudWatch computes it. */
  double average(Metrics metric, Map<String, String> dimensions) {
    return sum(metric, dimensions) / samples(metric, dimensions);
  }

  @Override
  public void close() {
    hangUp();
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] sent = exchange.getRequestBody().readAllBytes();
      String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
      boolean gzip = "gzip".equals(encoding);
      byte[] body =
          gzip ? new GZIPInputStream(new ByteArrayInputStream(sent)).readAllBytes() : sent;
      JsonNode root = CBOR.readTree(body);
      List<Datum> data = new ArrayList<>();
      root.path("MetricData").forEach(datum -> data.add(datum(datum)));
      Request request =
          new Request(
              exchange.getRequestURI().getPath(),
              exchange.getRequestHeaders().getFirst("smithy-protocol"),
              gzip,
              body.length,
              root.path("Namespace").asText(),
              data);
      switch (next()) {
        case TAKES -> {
          taken.add(request);
          send(exchange, 200, new byte[] {(byte) 0xBF, (byte) 0xFF});
        }
        case THROTTLES -> refuse(exchange, request, 400, "Throttling");
        case DENIES -> refuse(exchange, request, 403, "AccessDenied");
        case IS_SILENT -> {
          refused.add(request);
          silenced.release();
          hungUp.await();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Answer next() {
    return script.apply(calls++);
  }

  private void refuse(HttpExchange exchange, Request request, int status, String type)
      throws IOException {
    refused.add(request);
    send(
        exchange,
        status,
        CBOR.writeValueAsBytes(
            Map.of("__type", "com.amazonaws.cloudwatch#" + type, "message", "played")));
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("smithy-protocol", "rpc-v2-cbor");
    exchange.getResponseHeaders().set("Content-Type", "application/cbor");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static Datum datum(JsonNode node) {
    Map<String, String> dimensions = new TreeMap<>();
    node.path("Dimensions")
        .forEach(d -> dimensions.put(d.get("Name").asText(), d.get("Value").asText()));
    List<Double> values = numbers(node.path("Values"));
    List<Double> counts = numbers(node.path("Counts"));
    if (node.has("Value")) {
      values.add(node.get("Value").asDouble());
      counts.add(1.0);
    }
    return new Datum(
        node.get("MetricName").asText(), node.path("Unit").asText(), dimensions, values, counts);
  }

  private static List<Double> numbers(JsonNode array) {
    List<Double> numbers = new ArrayList<>();
    array.forEach(number -> numbers.add(number.asDouble()));
    return numbers;
  }
}
