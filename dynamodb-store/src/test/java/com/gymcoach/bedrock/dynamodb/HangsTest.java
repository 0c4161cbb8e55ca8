package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.spi.store.StoreGuard;
import com.gymcoach.bedrock.dynamodb.MoodyServer.Mood;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Whatever hangs on the way to the table, with the SDK's own clients: a caller waits for its budget
 * and no longer, net of what this machine takes. Each trouble is met after calls that have just
 * worked and, in the profile {@code hangs}, cold.
 *
 * <p>With {@code lookUpsOnCallersThread}, some of these hold the first caller after calls that have
 * worked for longer than its budget: {@link #GIVEN_UP}. It still gets Bedrock's answer, and the
 * later callers wait for their budgets again.
 *
 * <p>A name that hangs is played with Apache 5 only. The SDK lets no service set a resolver for
 * Netty or for the Common Runtime, and Java 17 none for the JVM.
 */
@Timeout(120)
class HangsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** The profile {@code hangs} allows 30 ms, on a machine that does nothing else. */
  private static final Duration GRACE = Duration.ofMillis(Long.getLong("hangs.grace", 1_000));

  private static final boolean IS_PROFILE = !GRACE.equals(SECOND);

  /** The rows that load the clients' classes, which takes longer than 30 ms. */
  private static int rowsThatLoadClasses = IS_PROFILE ? rows(Trouble.SILENT_SERVER).size() : 0;

  /** The longest wait beyond the budget, by trouble. */
  private static final Map<Trouble, Duration> WORST = new EnumMap<>(Trouble.class);

  /** Longer than any caller may wait here. */
  private static final Duration LONG = Duration.ofSeconds(5);

  private static final int CALLS = 4;

  /** What hangs. */
  enum Trouble {
    SILENT_SERVER,
    HALF_AN_ANSWER,
    ONE_BYTE_A_SECOND,
    RESET,
    TLS_STALLS,
    CREDENTIALS_SLEEP,
    CREDENTIALS_READ_A_SOCKET,
    CREDENTIALS_THROW,
    NAME_DOES_NOT_RESOLVE,
    NAME_HANGS,
    CONNECT_HANGS,
    CONNECT_HANGS_AFTER_CLOSE,
    POOL_EXHAUSTED,
    CLIENT_IGNORES_ABORT
  }

  /** What can hold a caller on whose thread a sync client looks up. */
  private static final Set<Trouble> GIVEN_UP =
      EnumSet.of(
          Trouble.NAME_HANGS,
          Trouble.CONNECT_HANGS,
          Trouble.CONNECT_HANGS_AFTER_CLOSE,
          Trouble.CLIENT_IGNORES_ABORT);

  private final MoodyServer server = new MoodyServer();
  private final Pauses pauses = new Pauses();
  private final CountDownLatch ending = new CountDownLatch(1);
  private final List<AutoCloseable> open = new ArrayList<>(List.of(server, pauses));
  private final Set<Thread> calledOn = ConcurrentHashMap.newKeySet();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean isBad;

  private Trouble trouble = Trouble.SILENT_SERVER;

  /** Each trouble with each client; the rows that load classes come once more. */
  static Stream<Arguments> all() {
    return Stream.concat(
        rows(Trouble.SILENT_SERVER).stream().limit(rowsThatLoadClasses),
        Stream.of(Trouble.values()).flatMap(trouble -> rows(trouble).stream()));
  }

  /** A short budget after calls that work, a longer one cold. */
  private static List<Arguments> rows(Trouble trouble) {
    return Stream.of(SdkHttp.values())
        .filter(http -> http.isApache() || trouble != Trouble.NAME_HANGS)
        .flatMap(
            http ->
                Stream.of(
                        Arguments.of(trouble, http, 50, true),
                        Arguments.of(trouble, http, 200, false))
                    .filter(args -> isWarm(args) || isColdRun(trouble, http)))
        .toList();
  }

  /**
   * Whether cold calls are made: not with a sync client on the caller's thread, since the first
   * look-ups are made on the store's threads anyway; and in an ordinary build with one trouble, as
   * the profile has the others.
   */
  private static boolean isColdRun(Trouble trouble, SdkHttp http) {
    return !http.isOnCallersThread() && (IS_PROFILE || trouble == Trouble.SILENT_SERVER);
  }

  private static boolean isWarm(Arguments each) {
    return Boolean.TRUE.equals(each.get()[3]);
  }

  @AfterEach
  void close() throws Exception {
    ending.countDown();
    for (Socket each : sockets) {
      each.close();
    }
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  /** Waits for the test's end, and longer than a caller may, whatever interrupts say. */
  private void hang() {
    long end = System.nanoTime() + LONG.toNanos();
    while (ending.getCount() > 0 && System.nanoTime() < end) {
      Thread.interrupted();
      try {
        boolean unused = ending.await(10, TimeUnit.MILLISECONDS);
      } catch (InterruptedException ignored) {
        // as a client that ignores it
      }
    }
  }

  private void hangIfBad() {
    if (isBad) {
      hang();
    }
  }

  private AwsBasicCredentials credentials() {
    if (isBad) {
      switch (trouble) {
        case CREDENTIALS_SLEEP -> hang();
        case CREDENTIALS_THROW -> throw new IllegalStateException("no credentials");
        case CREDENTIALS_READ_A_SOCKET -> readASilentSocket();
        default -> {}
      }
    }
    return AwsBasicCredentials.create("local", "local");
  }

  private void readASilentSocket() {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket = new Socket()) {
      sockets.add(socket);
      socket.setSoTimeout((int) LONG.toMillis());
      socket.connect(silent.getLocalSocketAddress());
      int unused = socket.getInputStream().read();
    } catch (IOException over) { // it took as long as it should
      throw new IllegalStateException(over);
    }
  }

  private URI endpoint() {
    return switch (trouble) {
      case TLS_STALLS -> server.endpoint("https");
      case NAME_DOES_NOT_RESOLVE -> URI.create("http://no-such-host.invalid:8000");
      case NAME_HANGS -> URI.create(server.endpoint("http").toString().replace("127.0.0.1", "a"));
      default -> server.endpoint("http");
    };
  }

  private int connections() {
    return trouble == Trouble.POOL_EXHAUSTED ? 1 : 64;
  }

  private DynamoDbCacheStore.Builder client(SdkHttp kind) {
    if (kind.isSync()) {
      SdkHttpClient real = kind.sync(connections(), new Names());
      SdkHttpClient http =
          trouble == Trouble.CLIENT_IGNORES_ABORT ? new DeafHttp.Sync(real, this::hangIfBad) : real;
      DynamoDbClient client =
          Dynamo.configured(DynamoDbClient.builder(), endpoint())
              .credentialsProvider(this::credentials)
              .httpClient(new Noting(http))
              .build();
      open.add(0, real);
      open.add(0, client);
      return DynamoDbCacheStore.builder()
          .client(client)
          .lookUpsOnCallersThread(kind.isOnCallersThread());
    }
    SdkAsyncHttpClient real = kind.async(connections());
    SdkAsyncHttpClient http =
        trouble == Trouble.CLIENT_IGNORES_ABORT ? new DeafHttp.Async(real, () -> isBad) : real;
    DynamoDbAsyncClient client =
        Dynamo.configured(DynamoDbAsyncClient.builder(), endpoint())
            .credentialsProvider(this::credentials)
            .httpClient(http)
            .build();
    open.add(0, client);
    return DynamoDbCacheStore.builder().client(client);
  }

  /** Notes the thread on which a sync client is called. */
  private final class Noting implements SdkHttpClient {
    private final SdkHttpClient http;

    Noting(SdkHttpClient http) {
      this.http = http;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      calledOn.add(Thread.currentThread());
      return http.prepareRequest(request);
    }

    @Override
    public void close() {
      http.close();
    }
  }

  private final class Names implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      if (trouble == Trouble.NAME_HANGS) {
        hangIfBad();
        return InetAddress.getAllByName("127.0.0.1");
      }
      return InetAddress.getAllByName(host);
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }

  private void begin() throws Exception {
    isBad = true;
    switch (trouble) {
      case SILENT_SERVER, POOL_EXHAUSTED, TLS_STALLS -> server.mood(Mood.SILENT);
      case HALF_AN_ANSWER -> server.mood(Mood.HALF_AN_ANSWER);
      case ONE_BYTE_A_SECOND -> server.mood(Mood.ONE_BYTE_A_SECOND);
      case RESET -> server.mood(Mood.RESETS);
      case CONNECT_HANGS, CONNECT_HANGS_AFTER_CLOSE -> server.hangConnects();
      default -> {}
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void call_whenSomethingHangs_waitsForItsBudgetAtMost(
      Trouble what, SdkHttp kind, int budgetMillis, boolean warm) throws Exception {
    trouble = what;
    Duration budget = Duration.ofMillis(budgetMillis);
    DynamoDbCacheStore store =
        client(kind)
            .tableName("t")
            .firstReadBudget(warm && hasWorked() ? LONG : budget)
            .readBudget(budget)
            .writeBudget(budget)
            .probeInterval(Duration.ofSeconds(1))
            .build();
    BedrockCache cache = BedrockCache.builder().hotMaxBytes(0).store(store).build();
    open.add(0, cache);
    CachingBedrockClient bedrock =
        CachingBedrockClient.create(new DeafHttp.AtOnce(), cache)
            .forScope(CacheScope.user("alice").endpoint("chat"));
    if (warm && hasWorked()) {
      warmUp(bedrock, kind);
      Await.until( // a busy machine may have opened the breaker; then nothing would be sent below
          "look-ups are sent",
          () -> {
            ask(bedrock, "sent?");
            return store.isAvailable();
          });
    }
    begin();
    List<Duration> waited = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      long began = pauses.nanoTime();
      ask(bedrock, "question " + i);
      waited.add(Duration.ofNanos(pauses.nanoTime() - began));
    }
    if (!(warm && what.name().startsWith("CREDENTIALS"))) { // they may be in hand
      assertThat(cache.stats().faults()).isNotEmpty();
    }
    if (kind.isOnCallersThread() && GIVEN_UP.contains(what)) {
      assertThat(waited.remove(0)).isLessThan(LONG.plus(SECOND));
    }
    boolean loadsClasses = rowsThatLoadClasses-- > 0;
    if (!loadsClasses) {
      waited.forEach(each -> WORST.merge(what, each.minus(budget), HangsTest::longer));
    }
    Duration most = budget.plus(loadsClasses ? SECOND : GRACE);
    assertThat(waited).allSatisfy(each -> assertThat(each).isLessThan(most));
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  @AfterAll
  static void print() {
    WORST.forEach((what, beyond) -> System.out.printf("%-26s %4d ms%n", what, beyond.toMillis()));
  }

  /** Returns whether there is an answer before the trouble begins. */
  private boolean hasWorked() {
    return trouble != Trouble.NAME_DOES_NOT_RESOLVE && trouble != Trouble.TLS_STALLS;
  }

  private void warmUp(CachingBedrockClient bedrock, SdkHttp kind) {
    for (int i = 0; i < StoreGuard.FIRST_ANSWERS; i++) {
      ask(bedrock, "warm-up " + i);
    }
    int[] asked = new int[1];
    Await.until(
        "the calls are made where they are to be made",
        () -> {
          ask(bedrock, "warm " + asked[0]++);
          return asked[0] > 10
              && (!kind.isOnCallersThread() || calledOn.contains(Thread.currentThread()));
        });
    if (trouble == Trouble.CONNECT_HANGS_AFTER_CLOSE || trouble == Trouble.NAME_HANGS) {
      server.mood(Mood.ANSWERS_AND_CLOSES);
      ask(bedrock, "the last on its connection");
    }
  }

  private static void ask(CachingBedrockClient bedrock, String question) {
    Message message =
        Message.builder().role("user").content(ContentBlock.fromText(question)).build();
    ConverseResponse answer =
        bedrock.converse(r -> r.modelId("amazon.nova-lite-v1:0").messages(message));
    assertThat(Caller.text(answer)).isEqualTo("yes");
  }
}
