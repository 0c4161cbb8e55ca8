package com.gymcoach.bedrock.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;

/**
 * A table that is a map behind a socket: it keeps what PutItem brings and finds it for
 * BatchGetItem, at once. DynamoDB Local takes longer than what is measured with it.
 */
public final class TableProcess {
  private TableProcess() {}

  /** Serves until its input ends. The second argument is how long a look-up takes, in ms. */
  public static void main(String[] args) throws IOException {
    long takesNanos = TimeUnit.MILLISECONDS.toNanos(args.length > 1 ? Long.parseLong(args[1]) : 0);
    Map<String, String> items = new ConcurrentHashMap<>();
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> answer(exchange, items, takesNanos));
    server.start();
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
    System.in.readAllBytes(); // until the one who measures has gone
    server.stop(0);
  }

  private static InetAddress loopback() throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }

  private static void answer(HttpExchange exchange, Map<String, String> items, long takesNanos)
      throws IOException {
    try (exchange) {
      String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String reply = "{}";
      String operation = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      if (operation.endsWith("Query")) {
        reply = "{\"Items\":[" + String.join(",", items.values()) + "]}";
      } else if (operation.endsWith("PutItem")) {
        JsonNode item = JsonNodeParser.create().parse(request).field("Item").orElseThrow();
        items.put(
            item.field("SK").flatMap(key -> key.field("S")).orElseThrow().asString(),
            item.toString());
      } else {
        LockSupport.parkNanos(takesNanos);
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
}
