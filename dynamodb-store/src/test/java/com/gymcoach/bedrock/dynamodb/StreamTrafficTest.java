package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;

/**
 * Recorded streams through the real async client, over Netty and a socket: the streams from memory
 * and from DynamoDB equal those from Bedrock, event for event.
 */
@Timeout(300)
class StreamTrafficTest {
  private static final Set<String> STREAMS =
      Set.of("ConverseStream", "InvokeModelWithResponseStream");
  private static final String TABLE = Dynamo.table();
  private static final BedrockStandIn BEDROCK = BedrockStandIn.start();
  private static final BedrockRuntimeAsyncClient CLIENT = client(BEDROCK.endpoint());

  @AfterAll
  static void stop() {
    CLIENT.close();
    BEDROCK.close();
  }

  private static BedrockRuntimeAsyncClient client(URI endpoint) {
    return Dynamo.configured(BedrockRuntimeAsyncClient.builder(), endpoint)
        .httpClient(NettyNioAsyncHttpClient.create())
        .build();
  }

  /** The result of a caller: the initial response, the events, and the failure if there was one. */
  private static final class Got {
    private final List<Object> events = new ArrayList<>();
    private @Nullable AwsResponse response;
    private @Nullable Throwable failure;

    AwsResponse response() {
      return Objects.requireNonNull(response, "no response was received");
    }

    CacheOutcome outcome() {
      return CacheOutcome.of(response());
    }
  }

  private static List<RecordedExchange> recorded() throws IOException {
    Path recordings =
        Path.of(System.getProperty("bedrock.cache.shared", "absent"), "recordings")
            .resolve("bedrock-open.jsonl");
    assumeTrue(Files.exists(recordings), "Skipped: the recorded traffic is not on this machine");
    return RecordedExchange.read(recordings).stream()
        .filter(e -> STREAMS.contains(e.operation()))
        .toList();
  }

  @Test
  void recordedStreams_throughTheCache_areWhatBedrockSent() throws Exception {
    Map<String, Integer> fates = new TreeMap<>();
    for (RecordedExchange exchange : recorded()) {
      fates.merge(exchange.operation() + " " + fateOf(exchange), 1, Integer::sum);
    }
    fates.forEach((fate, count) -> System.out.printf("%6d  %s%n", count, fate));
    assertThat(fates)
        .containsKeys("ConverseStream KEPT", "InvokeModelWithResponseStream KEPT")
        .containsKeys("ConverseStream FAILED", "InvokeModelWithResponseStream FAILED");
  }

  private static String fateOf(RecordedExchange exchange) {
    BEDROCK.answerWith(request -> exchange.reply());
    Got expected = call(CLIENT, exchange);
    try (BedrockCache cache = cache(exchange.id());
        BedrockCache fresh = cache(exchange.id())) {
      int before = BEDROCK.requests();
      Got first = call(cached(CLIENT, cache), exchange);
      assertSame(exchange, first, expected);
      Got hot = call(cached(CLIENT, cache), exchange);
      Got warm = call(cached(CLIENT, fresh), exchange);
      assertSame(exchange, hot, expected);
      assertSame(exchange, warm, expected);
      int arrived = BEDROCK.requests() - before;
      if (expected.failure != null) {
        assertThat(arrived).as(exchange.id()).isEqualTo(3);
        return "FAILED";
      }
      if (arrived == 1) {
        assertThat(hot.outcome().source()).isEqualTo(CacheSource.HOT);
        assertThat(warm.outcome().source()).isEqualTo(CacheSource.WARM);
        return "KEPT";
      }
      assertThat(arrived).as(exchange.id()).isEqualTo(3);
      return "not kept, " + String.join(" ", reasons(cache));
    }
  }

  private static Set<String> reasons(BedrockCache cache) {
    Set<String> names = new TreeSet<>();
    cache.stats().total().reasons().keySet().forEach(reason -> names.add(reason.name()));
    return names;
  }

  private static void assertSame(RecordedExchange exchange, Got actual, Got expected) {
    assertThat(actual.events).as(exchange.id()).isEqualTo(expected.events);
    if (expected.failure != null) {
      assertThat(actual.failure).hasSameClassAs(expected.failure);
      assertThat(actual.failure).hasMessage(expected.failure.getMessage());
      return;
    }
    assertThat(actual.failure).as(exchange.id()).isNull();
    assertThat(actual.response().equalsBySdkFields(expected.response())).isTrue();
    assertThat(actual.response().responseMetadata().requestId())
        .isEqualTo(expected.response().responseMetadata().requestId());
    assertThat(actual.response().sdkHttpResponse().statusText())
        .isEqualTo(expected.response().sdkHttpResponse().statusText());
  }

  private static BedrockCache cache(String namespace) {
    return BedrockCache.builder()
        .namespace(namespace)
        .store(Dynamo.Kind.ASYNC.store(TABLE).build())
        .build();
  }

  private static BedrockRuntimeAsyncClient cached(
      BedrockRuntimeAsyncClient client, BedrockCache cache) {
    return CachingBedrockAsyncClient.create(client, cache)
        .forScope(CacheScope.user("alice").endpoint("chat"));
  }

  private static Got call(BedrockRuntimeAsyncClient client, RecordedExchange exchange) {
    Got got = new Got();
    CompletableFuture<Void> call =
        exchange.operation().equals("ConverseStream")
            ? client.converseStream(
                converse(exchange),
                ConverseStreamResponseHandler.builder()
                    .onResponse(response -> got.response = response)
                    .subscriber(got.events::add)
                    .build())
            : client.invokeModelWithResponseStream(
                invoke(exchange),
                InvokeModelWithResponseStreamResponseHandler.builder()
                    .onResponse(response -> got.response = response)
                    .subscriber(got.events::add)
                    .build());
    Throwable failure = catchThrowable(() -> call.get(60, TimeUnit.SECONDS));
    got.failure = failure == null ? null : failure.getCause();
    return got;
  }

  private static ConverseStreamRequest converse(RecordedExchange exchange) {
    ConverseStreamRequest.Builder request = ConverseStreamRequest.builder();
    byte[] body = exchange.requestBody();
    if (body != null) {
      try {
        SdkJson.read(body, (SdkPojo) request);
      } catch (IOException notForTheSdk) {
        request = ConverseStreamRequest.builder();
      }
    }
    return request.modelId(exchange.modelId()).build();
  }

  private static InvokeModelWithResponseStreamRequest invoke(RecordedExchange exchange) {
    byte[] body = exchange.requestBody();
    return InvokeModelWithResponseStreamRequest.builder()
        .modelId(exchange.modelId())
        .body(SdkBytes.fromByteArray(body == null ? "{}".getBytes(StandardCharsets.UTF_8) : body))
        .build();
  }

  /** A server that sends the beginning of a body and then ends it, or hangs up. */
  private static final class CuttingServer implements AutoCloseable {
    private static final String HEAD =
        """
        HTTP/1.1 200 OK
        Content-Type: application/vnd.amazon.eventstream
        Connection: close
        Transfer-Encoding: chunked

        """;

    private final ServerSocket socket;
    private volatile byte[] body = {};
    private volatile boolean hangUp;

    CuttingServer() throws IOException {
      socket = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
      Thread thread = new Thread(this::serve, "cutting-server");
      thread.setDaemon(true);
      thread.start();
    }

    URI endpoint() {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    private void serve() {
      while (!socket.isClosed()) {
        try (Socket connection = socket.accept()) {
          readRequest(connection);
          byte[] head = HEAD.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
          connection.getOutputStream().write(head);
          byte[] piece = body;
          if (piece.length > 0) {
            byte[] size =
                (Integer.toHexString(piece.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            connection.getOutputStream().write(size);
            connection.getOutputStream().write(piece);
            connection.getOutputStream().write(new byte[] {'\r', '\n'});
          }
          if (!hangUp) {
            connection.getOutputStream().write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          }
          connection.getOutputStream().flush();
          connection.shutdownOutput();
        } catch (IOException closed) {
          // the client went, or the test is over
        }
      }
    }

    private static void readRequest(Socket connection) throws IOException {
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        int next = connection.getInputStream().read();
        if (next < 0) {
          throw new IOException("No request");
        }
        head.append((char) next);
      }
      for (String line : head.toString().split("\r\n", -1)) {
        if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          connection
              .getInputStream()
              .readNBytes(Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()));
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** Each edge between two frames, and a byte to either side of it. */
  private static Set<Integer> edges(byte[] body) {
    Set<Integer> edges = new TreeSet<>();
    for (int at = 0; at < body.length; at += ByteBuffer.wrap(body, at, 4).getInt()) {
      edges.addAll(List.of(Math.max(0, at - 1), at, at + 1));
    }
    edges.add(body.length - 1);
    return edges;
  }

  @Test
  void f42_f43_streamCutAtAFramesEdgeOverASocket_isNeverKept() throws Exception {
    int cases = 0;
    List<RecordedExchange> smallest = new ArrayList<>();
    for (String operation : STREAMS) {
      recorded().stream()
          .filter(e -> e.status() == 200 && e.operation().equals(operation))
          .sorted(Comparator.comparingInt(e -> e.body().length))
          .limit(20)
          .forEach(smallest::add);
    }
    try (CuttingServer server = new CuttingServer();
        BedrockRuntimeAsyncClient client = client(server.endpoint());
        BedrockCache cache = BedrockCache.builder().build()) {
      for (RecordedExchange exchange : smallest) {
        for (int bytes : edges(exchange.body())) {
          for (boolean hangUp : new boolean[] {false, true}) {
            server.body = Arrays.copyOf(exchange.body(), bytes);
            server.hangUp = hangUp;
            Got bare = call(client, exchange);
            Got got = call(cached(client, cache), exchange);
            assertThat(got.events).as("%s, %d", exchange, bytes).isEqualTo(bare.events);
            assertThat(got.failure == null).isEqualTo(bare.failure == null);
            assertThat(cache.stats().hotEntries()).as("%s, %d", exchange, bytes).isZero();
            cases++;
          }
        }
      }
    }
    System.out.printf("%d cuts at frames' edges over a socket, none kept%n", cases);
    assertThat(cases).isGreaterThan(1_000);
  }
}
