package com.gymcoach.bedrock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Answers with one stream of Bedrock's. One of the answers begins when it is told to, and stops
 * after two events until it is told to go on.
 */
final class StreamServer implements AutoCloseable {
  private static final List<byte[]> WHOLE =
      EventFrames.split(
          new EventFrames()
              .event("messageStart", "{\"role\":\"assistant\"}")
              .event(
                  "contentBlockDelta",
                  "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"Squat deep.\"}}")
              .event("contentBlockStop", "{\"contentBlockIndex\":0}")
              .event("messageStop", "{\"stopReason\":\"end_turn\"}")
              .event(
                  "metadata",
                  "{\"metrics\":{\"latencyMs\":7},"
                      + "\"usage\":{\"inputTokens\":1,\"outputTokens\":2,\"totalTokens\":3}}")
              .toBytes());

  /** An answer that is told when to begin and when to go on. */
  private record Stage(boolean fails, CountDownLatch begin, CountDownLatch goOn) {}

  private final LoopbackServer server = new LoopbackServer("stream", this::handle);
  private volatile Stage next = new Stage(false, new CountDownLatch(0), new CountDownLatch(0));

  URI endpoint() {
    return server.endpoint();
  }

  /**
   * Makes the answers from now on wait.
   *
   * @param fails whether they end with an exception of Bedrock's
   */
  void pause(boolean fails) {
    next = new Stage(fails, new CountDownLatch(1), new CountDownLatch(1));
  }

  /** Lets the answers that wait begin. */
  void begin() {
    next.begin.countDown();
  }

  /** Lets the answers that have begun go on. */
  void goOn() {
    next.goOn.countDown();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Stage stage = next;
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      stage.begin.await();
      exchange.getResponseHeaders().set("Content-Type", EventFrames.CONTENT_TYPE);
      exchange.sendResponseHeaders(200, 0); // in chunks
      send(exchange, WHOLE.subList(0, 2));
      stage.goOn.await();
      send(exchange, stage.fails ? List.of(exception()) : WHOLE.subList(2, WHOLE.size()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed meanwhile
    }
  }

  private static void send(HttpExchange exchange, List<byte[]> frames) throws IOException {
    for (byte[] frame : frames) {
      exchange.getResponseBody().write(frame);
    }
    exchange.getResponseBody().flush();
  }

  private static byte[] exception() {
    return EventStreamEncoder.encode(
        Map.of(
            ":exception-type",
            "validationException",
            ":content-type",
            "application/json",
            ":message-type",
            "exception"),
        "{\"message\":\"no\"}".getBytes(UTF_8));
  }

  @Override
  public void close() {
    server.close();
  }
}
