package com.gymcoach.bedrock.testkit;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import software.amazon.dynamodb.services.local.main.CommandLineInput;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/**
 * DynamoDB Local in this JVM, in memory, behind a proxy on loopback. The proxy counts requests, can
 * refuse connections, and can answer in DynamoDB's place by a script. Clients use it like the real
 * service, over HTTP.
 *
 * <p>Requires {@code software.amazon.dynamodb:DynamoDBLocal} on the class path, which this module
 * does not depend on. The system property {@code sqlite4java.library.path} must name the folder
 * with its native libraries. DynamoDB Local itself listens on all of the machine's addresses.
 * Thread-safe.
 */
public final class DynamoDbLocal implements AutoCloseable {

  /** A request as received: its operation, such as {@code BatchGetItem}, and its JSON. */
  public record Request(String operation, byte[] body) {}

  /**
   * An error of DynamoDB, such as {@code ProvisionedThroughputExceededException} with status 400.
   * The message is put into JSON without escaping.
   */
  public record Refusal(int status, String type, String message) {}

  /** Decides about each request before it is passed on. Called on many threads. */
  @FunctionalInterface
  public interface Responder {
    /**
     * Returns the error to answer with, or null to pass the request on. It may block first. If it
     * throws, the connection is closed without an answer.
     *
     * @throws InterruptedException if this DynamoDB is closed while it blocks
     */
    @Nullable Refusal answer(Request request) throws InterruptedException;
  }

  private static final int ATTEMPTS = 5;

  /** Headers that belong to one connection, or that the next sender sets itself. */
  private static final Set<String> NOT_PASSED_ON =
      Set.of("host", "connection", "content-length", "transfer-encoding", "expect", "upgrade");

  private final DynamoDBProxyServer server;
  private final URI behind;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, Integer> requests = new ConcurrentHashMap<>();
  private final LoopbackServer door;
  private volatile Responder responder = request -> null;
  private boolean closed;

  private DynamoDbLocal(DynamoDBProxyServer server, int serverPort) {
    this.server = server;
    this.behind = URI.create("http://127.0.0.1:" + serverPort + "/");
    this.door = new LoopbackServer("dynamodb-local-door", this::pass);
  }

  /**
   * Starts an empty DynamoDB on a free port.
   *
   * @throws IllegalStateException if it does not start, with the last failure as the cause
   */
  public static DynamoDbLocal start() {
    Exception last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        int port = freePort(); // another process may take it first: then try again
        CommandLineInput settings =
            new CommandLineInput(
                new String[] {
                  "-inMemory", "-sharedDb", "-disableTelemetry", "-port", Integer.toString(port)
                });
        settings.init();
        DynamoDBProxyServer server = ServerRunner.createServer(settings);
        server.start();
        return new DynamoDbLocal(server, port);
      } catch (Exception e) {
        last = e;
      }
    }
    throw new IllegalStateException(
        "DynamoDB Local did not start. Is sqlite4java.library.path set to the folder of its native"
            + " libraries?",
        last);
  }

  /** Returns the endpoint override for clients. It stays the same until closed. */
  public URI endpoint() {
    return door.endpoint();
  }

  /** Returns the number of requests received. */
  public int requests() {
    return requests.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Returns the number of requests received of an operation, such as {@code BatchGetItem}. */
  public int requests(String operation) {
    return requests.getOrDefault(operation, 0);
  }

  /**
   * Asks a script about each later request before it is passed on. By default all are passed on.
   */
  public DynamoDbLocal answerWith(Responder responder) {
    this.responder = Objects.requireNonNull(responder, "responder");
    return this;
  }

  /** Passes all later requests on, which is the default. */
  public DynamoDbLocal answerAsUsual() {
    return answerWith(request -> null);
  }

  /** Refuses connections from now on. The tables stay. */
  public void stop() {
    door.stop();
  }

  /** Accepts connections again, on the same port. */
  public void resume() {
    door.resume();
  }

  /** Stops DynamoDB for good. Idempotent. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    door.close();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("DynamoDB Local did not stop", e);
    }
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      String operation = target == null ? "?" : target.substring(target.indexOf('.') + 1);
      requests.merge(operation, 1, Integer::sum);
      byte[] asked = exchange.getRequestBody().readAllBytes();
      Refusal refusal = responder.answer(new Request(operation, asked));
      if (refusal != null) {
        refuse(exchange, refusal);
        return;
      }
      HttpRequest.Builder request =
          HttpRequest.newBuilder(behind).POST(HttpRequest.BodyPublishers.ofByteArray(asked));
      passOn(exchange.getRequestHeaders(), request::header);
      HttpResponse<byte[]> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      passOn(response.headers().map(), exchange.getResponseHeaders()::add);
      byte[] body = response.body();
      exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
    byte[] body =
        "{\"__type\":\"com.amazonaws.dynamodb.v20120810#%s\",\"message\":\"%s\"}"
            .formatted(refusal.type(), refusal.message())
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
    exchange.sendResponseHeaders(refusal.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  private static void passOn(Map<String, List<String>> headers, BiConsumer<String, String> to) {
    headers.forEach(
        (name, values) -> {
          if (!NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT)) && !name.startsWith(":")) {
            values.forEach(value -> to.accept(name, value));
          }
        });
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
