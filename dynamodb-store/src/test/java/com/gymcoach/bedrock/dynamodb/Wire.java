package com.gymcoach.bedrock.dynamodb;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The wire between a client and a server, byte for byte. After this many of the client's bytes,
 * most likely during a request, it holds the rest until the client has been killed.
 */
final class Wire implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final URI behind;
  private final long cutAt;
  private final boolean passesRest;
  private final ServerSocket door;
  private final AtomicLong passed = new AtomicLong();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch dead = new CountDownLatch(1);
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

  /**
   * Returns a wire to a server on this machine.
   *
   * @param passesRest whether what the client had already handed over still arrives
   */
  Wire(URI behind, long cutAt, boolean passesRest) throws IOException {
    this.behind = behind;
    this.cutAt = cutAt;
    this.passesRest = passesRest;
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  /** Waits for the moment to kill the client. */
  void awaitCut() throws InterruptedException {
    if (!reached.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("Only " + passed + " bytes of " + cutAt + " came over the wire");
    }
  }

  /** Continues when the client has ended, and waits until the server has handled what arrived. */
  void clientIsDead() throws IOException, InterruptedException {
    dead.countDown();
    door.close();
    for (Thread thread : threads) {
      thread.join(PATIENCE.toMillis());
      if (thread.isAlive()) {
        throw new IllegalStateException("The server does not end a connection without a client");
      }
    }
  }

  @Override
  public void close() throws IOException {
    dead.countDown();
    door.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    while (true) {
      try {
        Socket client = door.accept();
        Socket server = new Socket(behind.getHost(), behind.getPort());
        sockets.add(client);
        sockets.add(server);
        start(() -> up(client, server));
        start(() -> down(server, client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void up(Socket client, Socket server) {
    try {
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      byte[] bytes = new byte[8192];
      for (int count = in.read(bytes); count > 0; count = in.read(bytes)) {
        long before = passed.getAndAdd(count);
        int now = before < cutAt && before + count >= cutAt ? (int) (cutAt - before) : count;
        out.write(bytes, 0, now);
        if (now < count || before + count == cutAt) {
          reached.countDown();
          dead.await();
          if (!passesRest) {
            break;
          }
          out.write(bytes, now, count - now);
        }
      }
    } catch (IOException clientIsGone) {
      // The server is told below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      server.shutdownOutput();
    } catch (IOException closed) {
      // It knows.
    }
  }

  private static void down(Socket server, Socket client) {
    try (server) {
      InputStream in = server.getInputStream();
      byte[] bytes = new byte[8192];
      boolean heard = true;
      for (int count = in.read(bytes); count > 0; count = in.read(bytes)) {
        heard = heard && written(client, bytes, count);
      }
    } catch (IOException closed) {
      // So it is done.
    }
  }

  /** Returns whether the client is still there: if not, the server is listened to all the same. */
  private static boolean written(Socket client, byte[] bytes, int count) {
    try {
      client.getOutputStream().write(bytes, 0, count);
      return true;
    } catch (IOException clientIsGone) {
      return false;
    }
  }

  private void start(Runnable task) {
    Thread thread = new Thread(task, "wire");
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }
}
