package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.dynamodb.CacheTable;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The services under load, in a process of their own so that their work is separate: a stand-in for
 * Bedrock, DynamoDB Local with the cache's table, and a server that accepts CloudWatch requests.
 * The first line of output gives their addresses. Each line of input is a command, answered with
 * one line. The process ends at the command {@code end} or at the end of input.
 */
public final class Servers {
  static final String TABLE = "load";
  private static final byte[] EMPTY_CBOR_MAP = {(byte) 0xBF, (byte) 0xFF};

  private final BedrockStandIn bedrock = BedrockStandIn.start();
  private final Answers answers = new Answers(Duration.ZERO);
  private final DynamoDbLocal dynamoDb = DynamoDbLocal.start();
  private final HttpServer cloudWatch;
  private CountDownLatch tableSilence = new CountDownLatch(0);
  private volatile CountDownLatch cloudWatchSilence = new CountDownLatch(0);

  private Servers() throws IOException {
    bedrock.answerWith(answers);
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    cloudWatch = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    cloudWatch.setExecutor(
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "cloudwatch");
              thread.setDaemon(true);
              return thread;
            }));
    cloudWatch.createContext("/", this::takeMetrics);
    cloudWatch.start();
    try (DynamoDbClient client = Clients.dynamoDb(dynamoDb.endpoint())) {
      CacheTable.create(client, TABLE);
    }
  }

  /** Runs the servers until the end. */
  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    System.setOut(System.err); // keeps standard output for the protocol
    CountDownLatch ended = new CountDownLatch(1);
    // Ctrl-C reaches this process too, but the load driver needs the servers until it has finished.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitQuietly(ended)));
    Servers servers = new Servers();
    out.println(
        servers.bedrock.endpoint()
            + " "
            + servers.dynamoDb.endpoint()
            + " http://127.0.0.1:"
            + servers.cloudWatch.getAddress().getPort());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null && !line.equals("end"); line = in.readLine()) {
      out.println(servers.obey(line.split(" ", -1)));
    }
    ended.countDown();
    servers.close();
  }

  private String obey(String[] command) {
    String what = command.length > 1 ? command[1] : "";
    String value = command.length > 2 ? command[2] : "0";
    switch (command[0]) {
      case "counts" -> {
        return bedrock.requests() + " " + dynamoDb.requests();
      }
      case "dynamodb" -> table(what, value);
      case "bedrock" -> bedrock(what, value);
      case "cloudwatch" -> {
        cloudWatchSilence.countDown();
        cloudWatchSilence = new CountDownLatch(what.equals("silent") ? 1 : 0);
      }
      default -> throw new IllegalArgumentException("There is no command " + command[0]);
    }
    return "done";
  }

  private void table(String what, String value) {
    CountDownLatch silenceBefore = tableSilence;
    tableSilence = new CountDownLatch(what.equals("silent") ? 1 : 0);
    dynamoDb.answerWith(
        switch (what) {
          case "healthy" -> TableFaults.healthy();
          case "silent" -> TableFaults.silent(tableSilence);
          case "slow" -> TableFaults.slow(Long.parseLong(value));
          case "throttled" -> TableFaults.throttled();
          case "share" -> TableFaults.share(Double.parseDouble(value));
          default -> throw new IllegalArgumentException("DynamoDB cannot be " + what);
        });
    silenceBefore.countDown();
  }

  private void bedrock(String what, String value) {
    switch (what) {
      case "healthy" -> {
        answers.faulty(0);
        answers.throttled(false);
      }
      case "throttled" -> answers.throttled(true);
      case "share" -> answers.faulty(Double.parseDouble(value));
      case "delay" -> {
        Duration delay = Duration.ofMillis(Long.parseLong(value));
        answers.delay(delay);
        bedrock.delay(delay);
      }
      default -> throw new IllegalArgumentException("Bedrock cannot be " + what);
    }
  }

  private void takeMetrics(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      cloudWatchSilence.await();
      exchange.getResponseHeaders().set("smithy-protocol", "rpc-v2-cbor");
      exchange.getResponseHeaders().set("Content-Type", "application/cbor");
      exchange.sendResponseHeaders(200, EMPTY_CBOR_MAP.length);
      exchange.getResponseBody().write(EMPTY_CBOR_MAP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void close() {
    tableSilence.countDown();
    cloudWatchSilence.countDown();
    cloudWatch.stop(0);
    bedrock.close();
    dynamoDb.close();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
