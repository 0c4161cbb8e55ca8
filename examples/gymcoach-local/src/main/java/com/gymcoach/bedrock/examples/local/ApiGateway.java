package com.gymcoach.bedrock.examples.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.examples.local.CallNotes.Note;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays API Gateway's HTTP API with a JWT authorizer. A request without a valid token does not
 * reach the function. The function learns the user only from here. Adds two headers that API
 * Gateway does not have: why the answer came from where it did, and the faults of the cache.
 */
final class ApiGateway implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ApiGateway.class);

  /** Names the faults of the cache that the caller did not notice. */
  static final String FAULTS = "Cache-Faults";

  private final FunctionHost function;
  private final Tokens tokens;
  private final CallLog log;
  private final String allowedOrigin;

  ApiGateway(FunctionHost function, Tokens tokens, CallLog log, String allowedOrigin) {
    this.function = function;
    this.tokens = tokens;
    this.log = log;
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
    Optional<Note> how = function.notes().take();
    record(exchange, status, text, how, (System.nanoTime() - start) / 1e6);
    reply
        .path("headers")
        .properties()
        .forEach(
            header ->
                exchange.getResponseHeaders().set(header.getKey(), header.getValue().asText()));
    how.ifPresent(note -> explain(exchange, note));
    byte[] body =
        reply.path("isBase64Encoded").asBoolean()
            ? Base64.getDecoder().decode(text)
            : Replies.bytes(text);
    Replies.send(exchange, status, "application/json", body);
  }

  private static void explain(HttpExchange exchange, Note note) {
    exchange.getResponseHeaders().set(CacheOutcome.HEADER, note.outcome().headerValue());
    if (!note.faults().isEmpty()) {
      exchange.getResponseHeaders().set(FAULTS, note.faultNames());
    }
  }

  private void refuse(HttpExchange exchange, int status, String error, String message)
      throws IOException {
    record(exchange, status, "", Optional.empty(), 0);
    exchange.getResponseHeaders().set("Access-Control-Allow-Origin", allowedOrigin);
    Replies.error(exchange, status, error, message);
  }

  /**
   * Logs calls for answers, which the graphs show. Calls about the cache are left out, because they
   * would distort the graphs.
   */
  private void record(
      HttpExchange exchange, int status, String reply, Optional<Note> how, double millis) {
    String endpoint = exchange.getRequestURI().getPath().replaceFirst("^/api/ai/", "");
    if (endpoint.startsWith("cache/") || exchange.getRequestMethod().equals("OPTIONS")) {
      return;
    }
    JsonNode json;
    try {
      json = Replies.read(reply);
    } catch (IOException e) { // a stream, which is logged without its body
      json = MissingNode.getInstance();
    }
    log.add(endpoint, status, json, how, millis);
  }
}
