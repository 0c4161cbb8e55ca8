package com.gymcoach.bedrock.examples.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays API Gateway's HTTP API with a JWT authorizer. A request without a valid token does not
 * reach the function. The function learns the user only from here. Thread-safe.
 */
public final class ApiGateway implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ApiGateway.class);

  /** The function behind the API. */
  @FunctionalInterface
  public interface Function {
    /** Returns the function's reply to an event, in payload format 2.0. */
    byte[] invoke(byte[] event) throws IOException;
  }

  /** Called with each reply, on the thread that made it and before it is sent. */
  @FunctionalInterface
  public interface Observer {
    /**
     * Takes note of a reply, and may add headers to it.
     *
     * @param body the body; empty if the function was not called, or failed
     */
    void replied(HttpExchange exchange, int status, String body, Duration took);
  }

  private final Function function;
  private final Tokens tokens;
  private final Observer observer;
  private final String allowedOrigin;

  /** Creates a handler for all paths of the API. */
  public ApiGateway(Function function, Tokens tokens, Observer observer, String allowedOrigin) {
    this.function = function;
    this.tokens = tokens;
    this.observer = observer;
    this.allowedOrigin = allowedOrigin;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    byte[] body;
    try {
      body = Replies.body(exchange);
    } catch (Replies.TooLargeException e) { // reported to the client
      refuse(exchange, 413, "Payload Too Large", "The body is larger than 10 MB.");
      return;
    }
    if (exchange.getRequestMethod().equals("OPTIONS")) { // a browser's preflight has no token
      call(exchange, GatewayEvent.of(exchange, body, null));
      return;
    }
    List<String> headers = exchange.getRequestHeaders().getOrDefault("Authorization", List.of());
    ObjectNode claims = headers.size() == 1 ? tokens.verify(headers.get(0)).orElse(null) : null;
    if (claims == null) {
      refuse(exchange, 401, "Unauthorized", "A valid bearer token is needed.");
      return;
    }
    call(exchange, GatewayEvent.of(exchange, body, claims));
  }

  private void call(HttpExchange exchange, ObjectNode event) throws IOException {
    long start = System.nanoTime();
    JsonNode reply;
    try {
      reply =
          Replies.read(
              new String(function.invoke(Replies.bytes(event.toString())), StandardCharsets.UTF_8));
    } catch (IOException | RuntimeException e) {
      // The message may quote the request.
      LOG.atError().addKeyValue("exception", e.getClass().getName()).log("The function failed");
      refuse(exchange, 500, "Internal Server Error", "The function failed.");
      return;
    }
    int status = reply.path("statusCode").asInt(500);
    String text = reply.path("body").asText();
    observer.replied(exchange, status, text, Duration.ofNanos(System.nanoTime() - start));
    reply
        .path("headers")
        .properties()
        .forEach(
            header ->
                exchange.getResponseHeaders().set(header.getKey(), header.getValue().asText()));
    byte[] body =
        reply.path("isBase64Encoded").asBoolean()
            ? Base64.getDecoder().decode(text)
            : Replies.bytes(text);
    Replies.send(exchange, status, "application/json", body);
  }

  private void refuse(HttpExchange exchange, int status, String error, String message)
      throws IOException {
    observer.replied(exchange, status, "", Duration.ZERO);
    exchange.getResponseHeaders().set("Access-Control-Allow-Origin", allowedOrigin);
    Replies.error(exchange, status, error, message);
  }
}
