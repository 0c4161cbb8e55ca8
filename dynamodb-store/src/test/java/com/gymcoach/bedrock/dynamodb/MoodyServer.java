package com.gymcoach.bedrock.dynamodb;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A table on loopback that answers each request with nothing, or in a bad mood. */
final class MoodyServer implements AutoCloseable {
  /** What becomes of a request. */
  enum Mood {
    ANSWERS,
    ANSWERS_AND_CLOSES,
    SILENT,
    HALF_AN_ANSWER,
    ONE_BYTE_A_SECOND,
    RESETS
  }

  private static final byte[] BODY = "{}".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket server;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile Mood mood = Mood.ANSWERS;
  private volatile boolean accepts = true;

  MoodyServer() {
    try {
      server = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
      server.setSoTimeout(20); // so that it notices when it is to accept no more
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "moody-server");
    thread.setDaemon(true);
    thread.start();
  }

  URI endpoint(String scheme) {
    return URI.create(scheme + "://127.0.0.1:" + server.getLocalPort());
  }

  void mood(Mood next) {
    mood = next;
  }

  /** From now on a connection is not refused and is never made: the backlog is full. */
  void hangConnects() throws IOException {
    accepts = false;
    for (Socket each : open) {
      each.close();
    }
    for (int i = 0; i < 16; i++) {
      Socket filler = new Socket();
      try {
        filler.connect(server.getLocalSocketAddress(), 300);
        open.add(filler);
      } catch (SocketTimeoutException full) {
        filler.close();
        return;
      }
    }
    throw new IllegalStateException("The backlog is never full");
  }

  private void accept() {
    while (closing.getCount() > 0) {
      if (accepts) {
        try {
          Socket socket = server.accept();
          open.add(socket);
          daemon(() -> serve(socket));
        } catch (SocketTimeoutException nobody) {
          // looks whether it is to go on
        } catch (IOException closed) {
          return;
        }
      } else {
        pause(20);
      }
    }
  }

  private void pause(long millis) {
    try {
      boolean unused = closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true); // or an answer in two parts takes 40 ms
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (readRequest(in)) {
        if (!answer(socket)) {
          return;
        }
      }
    } catch (IOException gone) {
      // the client has closed the connection
    }
  }

  /** Returns whether the connection stays open. */
  private boolean answer(Socket socket) throws IOException {
    OutputStream out = socket.getOutputStream();
    switch (mood) {
      case ANSWERS -> out.write(head(""));
      case ANSWERS_AND_CLOSES -> out.write(head("Connection: close\r\n"));
      case SILENT -> {
        pause(Long.MAX_VALUE);
        return false;
      }
      case HALF_AN_ANSWER -> {
        out.write(head(""));
        out.write(BODY, 0, 1);
        pause(Long.MAX_VALUE);
        return false;
      }
      case ONE_BYTE_A_SECOND -> {
        for (byte each : head("")) {
          out.write(each);
          pause(1_000);
        }
      }
      case RESETS -> {
        socket.setSoLinger(true, 0); // closing sends a reset
        return false;
      }
    }
    out.write(BODY);
    out.flush();
    return mood != Mood.ANSWERS_AND_CLOSES;
  }

  private static byte[] head(String more) {
    return ("HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n"
            + more
            + "Content-Length: "
            + BODY.length
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean readRequest(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return false;
      }
      head.append((char) next);
    }
    for (String line : head.toString().toLowerCase(Locale.ROOT).split("\r\n", -1)) {
      if (line.startsWith("content-length:")) {
        in.readNBytes(Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()));
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    closing.countDown();
    server.close();
    for (Socket each : open) {
      each.close();
    }
  }
}
