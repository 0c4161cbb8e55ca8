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
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

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
    WITHHOLDING
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
  private final int port;
  private volatile HttpServer server;
  private volatile Mode mode = Mode.HEALTHY;
  private volatile String only = "";
  private volatile String error = "";
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

  /** Plays a fault that lasts until {@link #heal()}; of an operation, or of all where empty. */
  void play(Mode wanted, String operation) {
    released = new CountDownLatch(1);
    only = operation;
    mode = wanted;
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
      if (now == Mode.REFUSING) {
        byte[] refusal =
            ("{\"__type\":\"com.amazonaws.dynamodb.v20120810#" + error + "\",\"message\":\"no\"}")
                .getBytes(StandardCharsets.UTF_8);
        answer(exchange, 400, null, refusal);
        return;
      }
      if (now == Mode.SILENT) {
        released.await();
        return;
      }
      HttpResponse<byte[]> response = client.send(passedOn(exchange, body), BODY);
      if (now == Mode.WITHHOLDING) {
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
