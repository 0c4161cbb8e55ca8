package com.gymcoach.bedrock.testkit;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A local stand-in for Amazon Bedrock: an HTTP server on loopback. It speaks Bedrock's REST JSON
 * for Converse and InvokeModel, and their event streams, so the real SDK clients work against it.
 * InvokeModel is answered in the form of the model's family, which the model's id tells; a model
 * that the stand-in does not know answers as Anthropic's do. The async client must use HTTP/1.1:
 * give it its own {@code NettyNioAsyncHttpClient}. The stand-in calls no model, and says so in each
 * answer's {@code Server} header. By default it answers fitness questions with built-in texts.
 * Answers and delays can be scripted. It counts the requests it receives.
 *
 * <p>Thread-safe.
 */
public final class BedrockStandIn implements AutoCloseable {

  /** A request as received. */
  public record Request(
      String operation, String modelId, Map<String, List<String>> headers, byte[] body) {}

  /** An answer as sent. */
  public record Reply(int status, Map<String, List<String>> headers, byte[] body) {
    /** Returns a successful JSON answer. */
    public static Reply json(String body) {
      return new Reply(
          200,
          Map.of("Content-Type", List.of("application/json")),
          body.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a stream of frames built by {@link EventFrames}. */
    public static Reply stream(byte[] frames) {
      return new Reply(200, Map.of("Content-Type", List.of(EventFrames.CONTENT_TYPE)), frames);
    }

    /**
     * Returns an error of Bedrock, such as {@code ThrottlingException} with status 429. The message
     * is put into JSON without escaping.
     */
    public static Reply error(int status, String type, String message) {
      return new Reply(
          status,
          Map.of("Content-Type", List.of("application/json"), "x-amzn-ErrorType", List.of(type)),
          ("{\"message\":\"" + message + "\"}").getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Answers requests. Called on many threads. */
  @FunctionalInterface
  public interface Responder {
    /** Returns the answer to a request. */
    Reply answer(Request request);
  }

  private static final Pattern PATH =
      Pattern.compile(
          "/model/([^/]+)/(converse|invoke|converse-stream|invoke-with-response-stream)");
  private static final Map<String, String> OPERATIONS =
      Map.of(
          "converse", "Converse",
          "invoke", "InvokeModel",
          "converse-stream", "ConverseStream",
          "invoke-with-response-stream", "InvokeModelWithResponseStream");
  private static final Duration MAX_WAIT = Duration.ofSeconds(30);

  private final LoopbackServer server = new LoopbackServer("bedrock-stand-in", this::handle);
  private final Map<String, Integer> arrived = new HashMap<>();
  private volatile Responder responder = FitnessAnswers.INSTANCE;
  private volatile Duration delay = Duration.ZERO;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  private BedrockStandIn() {}

  /** Starts a stand-in on a free port. It answers without delay. */
  public static BedrockStandIn start() {
    return new BedrockStandIn();
  }

  /** Returns the endpoint override for clients. */
  public URI endpoint() {
    return server.endpoint();
  }

  /**
   * Delays later answers, as a model would. Defaults to no delay. A stream begins after a quarter
   * of the delay; its events are spread over the rest.
   */
  public BedrockStandIn delay(Duration delay) {
    this.delay = Objects.requireNonNull(delay, "delay");
    return this;
  }

  /** Answers later calls with a script. */
  public BedrockStandIn answerWith(Responder responder) {
    this.responder = Objects.requireNonNull(responder, "responder");
    return this;
  }

  /** Answers later calls with the built-in fitness texts, which is the default. */
  public BedrockStandIn answerAsUsual() {
    return answerWith(FitnessAnswers.INSTANCE);
  }

  /**
   * Holds later calls unanswered until {@link #release()}. Calling it several times has no further
   * effect.
   */
  public synchronized void hold() {
    if (gate.getCount() == 0) {
      gate = new CountDownLatch(1);
    }
  }

  /** Answers the held calls and stops holding later ones. */
  public synchronized void release() {
    gate.countDown();
  }

  /** Returns the number of calls received. */
  public int requests() {
    synchronized (arrived) {
      return arrived.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /** Returns the number of calls received of an operation, such as {@code Converse}. */
  public int requests(String operation) {
    synchronized (arrived) {
      return arrived.getOrDefault(operation, 0);
    }
  }

  /**
   * Blocks until at least {@code count} calls in total have been received.
   *
   * @throws IllegalStateException if that takes more than 30 s
   */
  public void awaitRequests(int count) {
    long end = System.nanoTime() + MAX_WAIT.toNanos();
    synchronized (arrived) {
      while (requests() < count) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new IllegalStateException(
              "Waited 30 s for " + count + " calls; " + requests() + " arrived");
        }
        try {
          arrived.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("Interrupted while waiting for calls", e);
        }
      }
    }
  }

  /** Refuses connections from now on, as in an outage. */
  public void stop() {
    server.stop();
  }

  /** Accepts connections again, at the same endpoint. */
  public void resume() {
    server.resume();
  }

  /** Stops the stand-in for good. Held calls get no answer. Idempotent. */
  @Override
  public void close() {
    release();
    server.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Matcher path = PATH.matcher(exchange.getRequestURI().getRawPath());
      if (!path.matches() || !exchange.getRequestMethod().equals("POST")) {
        count("other");
        send(
            exchange,
            Reply.error(
                404,
                "UnknownOperationException",
                "The stand-in knows Converse, InvokeModel and their streams only"));
        return;
      }
      String operation = Objects.requireNonNull(OPERATIONS.get(path.group(2)));
      String modelId = URLDecoder.decode(path.group(1), StandardCharsets.UTF_8);
      CountDownLatch held = gate;
      count(operation);
      held.await();
      boolean streams = operation.endsWith("Stream");
      Duration all = delay;
      Thread.sleep(streams ? all.toMillis() / 4 : all.toMillis());
      Request request =
          new Request(operation, modelId, new TreeMap<>(exchange.getRequestHeaders()), body);
      Reply reply = responder.answer(request);
      if (streams && reply.status() == 200) {
        stream(exchange, reply, all.minus(all.dividedBy(4)));
      } else {
        send(exchange, reply);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed meanwhile: the client sees a broken connection
    }
  }

  private void count(String operation) {
    synchronized (arrived) {
      arrived.merge(operation, 1, Integer::sum);
      arrived.notifyAll();
    }
  }

  private static void head(HttpExchange exchange, Reply reply) {
    Headers headers = exchange.getResponseHeaders();
    reply.headers().forEach((name, values) -> values.forEach(value -> headers.add(name, value)));
    headers.set("Server", "bedrock-stand-in (not Amazon Bedrock)");
  }

  /** Sends the frames one by one, spread over a time. */
  private static void stream(HttpExchange exchange, Reply reply, Duration over)
      throws IOException, InterruptedException {
    head(exchange, reply);
    exchange.sendResponseHeaders(reply.status(), 0); // chunked
    List<byte[]> frames = EventFrames.split(reply.body());
    for (byte[] frame : frames) {
      exchange.getResponseBody().write(frame);
      exchange.getResponseBody().flush();
      Thread.sleep(over.toMillis() / frames.size());
    }
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    head(exchange, reply);
    byte[] body = reply.body();
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }
}
