package com.gymcoach.bedrock.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Stands on loopback between a client and a Redis server, and plays the network's failures. */
final class TcpProxy implements AutoCloseable {
  /** What becomes of the server's replies. */
  enum Mode {
    HEALTHY,
    /** Neither requests nor replies arrive, on connections that stay open. */
    SILENT,
    /** Half of a reply arrives, and nothing after it. */
    HALF_AN_ANSWER,
    /** Replies are something that is not Redis's protocol. */
    GARBAGE,
    /** Each reply arrives 300 ms late. */
    SLOW,
    /** Every connection is reset with the first request on it. */
    RESET,
    /** New connections are closed at once. */
    AWAY
  }

  private volatile int target;
  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile Mode mode = Mode.HEALTHY;
  private volatile @Nullable String lost;

  TcpProxy(int target) {
    this.target = target;
    try {
      this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    begin("accept", this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Returns how many pieces of requests have come from clients. */
  int requests() {
    return requests.get();
  }

  int connections() {
    return connections.get();
  }

  void play(Mode wanted) {
    mode = wanted;
  }

  /** Leads new connections to another server, as a name does that has another address now. */
  void leadTo(int port) {
    target = port;
  }

  /** Lets no reply through on a connection on which a request with this text has come. */
  void loseRepliesTo(String text) {
    lost = text;
  }

  /** Ends all connections; new ones are closed at once. */
  void leave() throws IOException {
    mode = Mode.AWAY;
    lost = null;
    for (Socket each : sockets) {
      each.close();
    }
  }

  private static void begin(String name, Runnable task) {
    Thread thread = new Thread(task, "proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = server.accept();
        if (mode == Mode.AWAY) {
          near.close();
          continue;
        }
        connections.incrementAndGet();
        Socket far = new Socket();
        sockets.add(near);
        sockets.add(far);
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        try {
          far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 1_000);
        } catch (IOException away) { // the server is down: so is its port
          end(near, far);
          continue;
        }
        AtomicBoolean isMute = new AtomicBoolean();
        begin("requests", () -> forward(near, far, true, isMute));
        begin("replies", () -> forward(far, near, false, isMute));
      }
    } catch (IOException closed) { // the test has ended
      return;
    }
  }

  private void forward(Socket from, Socket to, boolean isRequest, AtomicBoolean isMute) {
    byte[] buffer = new byte[64 * 1024];
    boolean isCut = false;
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
        if (isRequest) {
          requests.incrementAndGet();
        }
        String mutes = lost;
        if (isRequest && mutes != null && text(buffer, read).contains(mutes)) {
          isMute.set(true);
        }
        Mode now = mode;
        if (now == Mode.RESET) {
          from.setSoLinger(true, 0);
          to.setSoLinger(true, 0);
          break;
        }
        if (isCut || (!isRequest && isMute.get())) {
          continue; // no more bytes arrive on this connection
        }
        pass(buffer, read, out, isRequest ? Mode.HEALTHY : now, now);
        isCut = now == Mode.HALF_AN_ANSWER && !isRequest;
      }
    } catch (IOException broken) { // either side has gone: so does the other
      return;
    } finally {
      end(from, to);
    }
  }

  private static String text(byte[] bytes, int length) {
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  private static void pass(byte[] bytes, int length, OutputStream out, Mode reply, Mode any)
      throws IOException {
    if (any == Mode.SILENT) {
      return;
    }
    switch (reply) {
      case HALF_AN_ANSWER -> out.write(bytes, 0, length / 2);
      case GARBAGE ->
          out.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      case SLOW -> {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
        out.write(bytes, 0, length);
      }
      default -> out.write(bytes, 0, length);
    }
    out.flush();
  }

  private void end(Socket near, Socket far) {
    for (Socket each : new Socket[] {near, far}) {
      sockets.remove(each);
      try {
        each.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket each : sockets) {
      each.close();
    }
  }
}
