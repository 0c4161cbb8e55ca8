package com.gymcoach.bedrock.redis;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs a Redis or Valkey server on a free port of loopback, in a new directory. */
final class RedisServer implements AutoCloseable {
  private static final List<String> NAMES = List.of("redis-server", "valkey-server");

  private final Path directory;
  private final List<String> settings;
  private final int port;
  private final int plainPort;
  private Process process;

  private RedisServer(Path directory, int plainPort, int port, List<String> settings) {
    this.directory = directory;
    this.plainPort = plainPort;
    this.port = port;
    this.settings = settings;
    this.process = begin();
  }

  /** Starts a server that keeps nothing. Skips the test if the machine has none. */
  static RedisServer start(String... settings) {
    requireServer();
    int port = freePort();
    return at(newDirectory(), port, port, List.of(settings));
  }

  private static RedisServer at(Path directory, int plain, int port, List<String> settings) {
    RedisServer server = new RedisServer(directory, plain, port, settings);
    server.awaitPort();
    return server;
  }

  /** Starts a server that speaks TLS only, with this certificate. */
  static RedisServer startTls(Path certificate, Path key) {
    requireServer();
    int port = freePort();
    return at(
        newDirectory(),
        0,
        port,
        List.of(
            "--tls-port",
            Integer.toString(port),
            "--tls-cert-file",
            certificate.toString(),
            "--tls-key-file",
            key.toString(),
            "--tls-ca-cert-file",
            certificate.toString(),
            "--tls-auth-clients",
            "no"));
  }

  static void requireServer() {
    assumeTrue(
        executable() != null,
        "No redis-server or valkey-server on this machine: apt-get install redis-server");
  }

  private static @Nullable String executable() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse(null);
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = socket.getLocalPort();
      return port < 55_000 ? port : freePort(); // a cluster's bus has a port 10,000 higher
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path newDirectory() {
    try {
      return Files.createTempDirectory("redis-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process begin() {
    List<String> command = new ArrayList<>();
    command.add(Objects.requireNonNull(executable()));
    command.addAll(List.of("--port", Integer.toString(plainPort), "--bind", "127.0.0.1"));
    command.addAll(List.of("--save", "", "--dir", directory.toString()));
    command.addAll(settings);
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(directory.resolve("log").toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitPort() {
    Await.until(
        "the server accepts connections",
        () -> {
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
          } catch (IOException notYet) {
            return false;
          }
        });
  }

  int port() {
    return port;
  }

  RedisURI uri() {
    return RedisURI.builder()
        .withHost("127.0.0.1")
        .withPort(port)
        .withTimeout(Duration.ofSeconds(5))
        .build();
  }

  /** Ends the process as a crash does. */
  void kill() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("The server does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Starts the server again, on the same port and directory. */
  void restart() {
    process = begin();
    awaitPort();
  }

  @Override
  public void close() {
    kill();
  }
}
