package com.gymcoach.bedrock.examples.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.examples.local.CallNotes.Note;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Logs the calls for the page. Adds two headers that API Gateway does not have: why the answer came
 * from where it did, and the faults of the cache.
 */
record CallWatch(CallNotes notes, CallLog log) implements ApiGateway.Observer {
  /** Names the faults of the cache that the caller did not notice. */
  static final String FAULTS = "Cache-Faults";

  @Override
  public void replied(HttpExchange exchange, int status, String body, Duration took) {
    Optional<Note> how = notes.take();
    how.ifPresent(note -> explain(exchange, note));
    // Calls about the cache are left out, because they would distort the graphs.
    String endpoint = exchange.getRequestURI().getPath().replaceFirst("^/api/ai/", "");
    if (!endpoint.startsWith("cache/") && !exchange.getRequestMethod().equals("OPTIONS")) {
      log.add(endpoint, status, json(body), how, took.toNanos() / 1e6);
    }
  }

  private static void explain(HttpExchange exchange, Note note) {
    exchange.getResponseHeaders().set(CacheOutcome.HEADER, note.outcome().headerValue());
    if (!note.faults().isEmpty()) {
      exchange.getResponseHeaders().set(FAULTS, note.faultNames());
    }
  }

  private static JsonNode json(String body) {
    try {
      return Replies.read(body);
    } catch (IOException e) { // a stream, which is logged without its body
      return MissingNode.getInstance();
    }
  }
}
