package com.gymcoach.bedrock.examples.local;

import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cloudwatch.EmfMetricsSink;
import com.gymcoach.bedrock.examples.lambda.GymCoachCache;
import com.gymcoach.bedrock.examples.lambda.Settings;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The function behind an HTTP server on loopback, with all it needs. Closes the services it was
 * given.
 */
final class Twin implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Twin.class);
  private static final int THREADS = 64;
  private static final int STOP_SECONDS = 2;

  static {
    // Without it, the JDK's server delays each small answer by about 40 ms, waiting for the
    // client's ACK. The property is read once, when the first server is created.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final FunctionHost function;
  private final Services services;

  private Twin(HttpServer server, Services services, Options options, Tokens tokens) {
    Settings settings = options.settings();
    this.server = server;
    this.services = services;
    Totals totals = new Totals();
    CallLog log = new CallLog(totals);
    // As in Lambda, metrics are log lines.
    MetricsSink lines = EmfMetricsSink.builder().namespace(GymCoachCache.METRICS_NAMESPACE).build();
    this.function =
        new FunctionHost(services, settings, options.readBudget(), MetricsSink.all(lines, totals));
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    pool.allowCoreThreadTimeOut(true);
    this.threads = pool;
    server.setExecutor(threads);
    int port = server.getAddress().getPort();
    add("/", new Page());
    add(
        "/api/",
        new ApiGateway(
            function, tokens, new CallWatch(function.notes(), log), settings.allowedOrigin()));
    add("/local/", new LocalControls(services, function, tokens, log, port));
  }

  /**
   * Starts the twin.
   *
   * @throws SetupException if the port is taken, or the services cannot be used
   */
  static Twin start(Options options, Tokens tokens, ServicesFactory factory) {
    Settings settings = options.settings();
    HttpServer server = listen(options.port()); // first: a taken port is reported without delay
    Services services;
    try {
      services = factory.open(options, settings);
      if (!options.aws()) { // on AWS it would cost tokens
        FunctionHost.prime(services, settings, options.readBudget());
      }
    } catch (IOException e) {
      server.stop(0);
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      server.stop(0);
      throw e;
    }
    Twin twin = new Twin(server, services, options, tokens);
    server.start();
    return twin;
  }

  /** Opens the services that the function calls. */
  @FunctionalInterface
  interface ServicesFactory {
    /**
     * Opens the services.
     *
     * @throws SetupException if they cannot be used
     */
    Services open(Options options, Settings settings);
  }

  private static HttpServer listen(int port) {
    try {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      return HttpServer.create(new InetSocketAddress(loopback, port), 0);
    } catch (BindException e) { // reported in the message
      throw new SetupException(
          "The port "
              + port
              + " cannot be used: is another program listening there? Choose"
              + " another with --port.");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  String introduction() {
    return function.introduction();
  }

  private void add(String path, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            answer(handler, exchange);
          }
        });
  }

  private static void answer(HttpHandler handler, HttpExchange exchange) throws IOException {
    try {
      handler.handle(exchange);
    } catch (RuntimeException e) {
      LOG.atError().addKeyValue("exception", e.getClass().getName()).log("A handler failed");
      if (exchange.getResponseCode() == -1) {
        Replies.error(exchange, 500, "Internal Server Error", "The twin failed.");
      }
    }
  }

  /** Answers the calls in flight for up to 2 s, then stops everything. */
  @Override
  public void close() {
    threads.shutdown(); // the server's own stop(2) always waits the full 2 s on Java 17
    try {
      threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.stop(0);
    threads.shutdownNow();
    function.close();
    services.close();
  }
}
