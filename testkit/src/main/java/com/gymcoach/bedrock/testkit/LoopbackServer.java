package com.gymcoach.bedrock.testkit;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An HTTP server on 127.0.0.1 that can be stopped and resumed on the same port. */
final class LoopbackServer implements AutoCloseable {
  private static final String NO_DELAY = "sun.net.httpserver.nodelay";

  static {
    // Without it, the JDK's server delays each small answer by about 40 ms, waiting for the
    // client's ACK. The property is read once, when the first server is created.
    if (System.getProperty(NO_DELAY) == null) {
      System.setProperty(NO_DELAY, "true");
    }
  }

  private final HttpHandler handler;
  private final ExecutorService threads;
  private final int port;
  private @Nullable HttpServer server;
  private boolean closed;

  /**
   * Starts a server on a free port. Each request has its own thread, so a blocked one delays no
   * other.
   */
  LoopbackServer(String name, HttpHandler handler) {
    this.handler = handler;
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    HttpServer first = open(0);
    this.server = first;
    this.port = first.getAddress().getPort();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Refuses connections from now on, and drops the open ones. */
  synchronized void stop() {
    if (server != null) {
      server.stop(0);
      server = null;
    }
  }

  synchronized void resume() {
    if (server == null && !closed) {
      server = open(port);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    stop();
    threads.shutdownNow();
  }

  private HttpServer open(int wanted) {
    try {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      HttpServer opened = HttpServer.create(new InetSocketAddress(loopback, wanted), 0);
      opened.setExecutor(threads);
      opened.createContext("/", handler);
      opened.start();
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
