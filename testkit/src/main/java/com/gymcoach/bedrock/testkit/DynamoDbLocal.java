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
 * DynamoDB Local in this JVM, in memory, behind a door on loopback that counts what arrives and can
 * be shut. What it answers in DynamoDB's place can be scripted. Clients speak to it as to the real
 * service, over HTTP.
 *
 * <p>Needs {@code software.amazon.dynamodb:DynamoDBLocal} on the class path, which this module does
 * not bring along, and the system property {@code sqlite4java.library.path} naming the folder with
 * its native libraries. DynamoDB Local itself listens on all of the machine's addresses. Safe for
 * use by many threads.
 */
public final class DynamoDbLocal implements AutoCloseable {

  /** A request as it arrived: its operation, such as {@code BatchGetItem}, and its JSON. */
  public record Request(String operation, byte[] body) {}

  /**
   * An error of DynamoDB's, such as {@code ProvisionedThroughputExceededException} with status 400.
   * Its message must be fit for JSON as it is.
   */
  public record Refusal(int status, String type, String message) {}

  /** What is asked before each request is passed on. Called on many threads. */
  @FunctionalInterface
  public interface Responder {
    /**
     * Returns the error to answer with, or null to pass the request on. It may wait first. Where it
     * throws, the connection is closed without an answer.
     *
     * @throws InterruptedException if this DynamoDB is closed while it waits
     */
    @Nullable Refusal answer(Request request) throws InterruptedException;
  }

  private static final int ATTEMPTS = 5;

  /** What belongs to one connection only, or is worked out anew by the next sender. */
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
   * Starts an empty one on a port of its own.
   *
   * @throws IllegalStateException if it does not start, with what it said as the cause
   */
  public static DynamoDbLocal start() {
    Exception last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        int port = freePort(); // somebody else may take it before we do: then again
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

  /** Returns where clients find it: their endpoint override. It stays the same until closed. */
  public URI endpoint() {
    return door.endpoint();
  }

  /** Returns how many requests arrived. */
  public int requests() {
    return requests.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Returns how many requests of an operation arrived, such as {@code BatchGetItem}. */
  public int requests(String operation) {
    return requests.getOrDefault(operation, 0);
  }

  /** Makes a script be asked before each later request is passed on. At first all are passed on. */
  public DynamoDbLocal answerWith(Responder responder) {
    this.responder = Objects.requireNonNull(responder, "responder");
    return this;
  }

  /** Passes all later requests on, as at first. */
  public DynamoDbLocal answerAsUsual() {
    return answerWith(request -> null);
  }

  /** Shuts the door: from now on connections are refused. The tables stay. */
  public void stop() {
    door.stop();
  }

  /** Opens the door again, on the same port. */
  public void resume() {
    door.resume();
  }

  /** Stops it for good. Safe to call twice. */
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
