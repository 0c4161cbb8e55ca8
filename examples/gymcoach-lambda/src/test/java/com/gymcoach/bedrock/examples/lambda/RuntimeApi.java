package com.gymcoach.bedrock.examples.lambda;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Lambda's Runtime API on loopback, as far as Lambda's own runtime client asks it: hands out
 * invocations one by one and takes what the function answers.
 */
final class RuntimeApi implements AutoCloseable {
  private static final String ROOT = "/2018-06-01/runtime/";
  private static final int MILLIS_LEFT = 30_000;

  private record Invocation(String id, byte[] event) {}

  private final BlockingQueue<Invocation> waiting = new LinkedBlockingQueue<>();
  private final Map<String, CompletableFuture<byte[]>> answers = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch snapshot = new CountDownLatch(1);
  private final CountDownLatch restored = new CountDownLatch(1);
  private final HttpServer server;

  RuntimeApi() throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    server.setExecutor(threads);
    server.createContext(ROOT, this::handle);
    server.start();
  }

  /** Returns the value of {@code AWS_LAMBDA_RUNTIME_API}. */
  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Returns what was asked for so far, other than invocations and their answers. */
  List<String> asked() {
    return asked;
  }

  /** Has the function called; fails where it ends in an error of Lambda's. */
  CompletableFuture<byte[]> invoke(byte[] event) {
    Invocation invocation = new Invocation(UUID.randomUUID().toString(), event);
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    answers.put(invocation.id(), answer);
    waiting.add(invocation);
    return answer;
  }

  /** Waits until the function is ready for SnapStart's snapshot: its hooks before it have run. */
  void awaitSnapshot() throws InterruptedException {
    if (!snapshot.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("It never came to a snapshot");
    }
  }

  /** Lets the function go on as a clone of the snapshot does: its hooks after it run. */
  void restore() {
    restored.countDown();
  }

  /** Ends present and later waits for an answer. */
  void fail(String why) {
    answers.values().forEach(answer -> answer.completeExceptionally(new AssertionError(why)));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String what = exchange.getRequestURI().getPath().substring(ROOT.length());
      byte[] body = exchange.getRequestBody().readAllBytes();
      String[] parts = what.split("/", -1);
      if (what.equals("invocation/next")) {
        Invocation invocation = waiting.take();
        exchange.getResponseHeaders().set("Lambda-Runtime-Aws-Request-Id", invocation.id());
        exchange
            .getResponseHeaders()
            .set("Lambda-Runtime-Deadline-Ms", "" + (Instant.now().toEpochMilli() + MILLIS_LEFT));
        exchange
            .getResponseHeaders()
            .set(
                "Lambda-Runtime-Invoked-Function-Arn",
                "arn:aws:lambda:us-east-1:000000000000:function:gymcoach-ai-service");
        exchange
            .getResponseHeaders()
            .set("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0");
        answer(exchange, 200, invocation.event());
      } else if (parts.length == 3 && parts[2].equals("response")) {
        answer(exchange, 202, "{}".getBytes(StandardCharsets.UTF_8));
        Objects.requireNonNull(answers.remove(parts[1])).complete(body);
      } else if (what.equals("restore/next")) {
        asked.add(what);
        snapshot.countDown();
        restored.await();
        answer(exchange, 200, new byte[0]);
      } else { // an error, of an invocation, at the start, or of a hook
        asked.add(what);
        answer(exchange, 202, "{}".getBytes(StandardCharsets.UTF_8));
        fail(what + ": " + new String(body, StandardCharsets.UTF_8));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
