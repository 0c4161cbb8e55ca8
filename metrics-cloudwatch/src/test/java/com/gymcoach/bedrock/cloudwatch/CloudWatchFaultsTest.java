package com.gymcoach.bedrock.cloudwatch;

import static com.gymcoach.bedrock.cloudwatch.CloudWatchStandIn.Answer.DENIES;
import static com.gymcoach.bedrock.cloudwatch.CloudWatchStandIn.Answer.IS_SILENT;
import static com.gymcoach.bedrock.cloudwatch.CloudWatchStandIn.Answer.TAKES;
import static com.gymcoach.bedrock.cloudwatch.CloudWatchStandIn.Answer.THROTTLES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cloudwatch.CloudWatchStandIn.Answer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** F76: CloudWatch throttles, denies, or says nothing. */
class CloudWatchFaultsTest {
  private static final Map<String, String> CHAT = Map.of("Endpoint", "chat");
  private static final int THREADS = 4;
  private static final int CALLS = 1_000_000;

  private final CloudWatchStandIn cloudWatch = new CloudWatchStandIn();
  private final List<Runnable> tasks = new ArrayList<>();
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final PrintStream standardError = System.err;

  @BeforeEach
  void readTheLog() {
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void close() {
    System.setErr(standardError);
    cloudWatch.close();
  }

  @ParameterizedTest
  @CsvSource({
    "SYNC, THROTTLES",
    "ASYNC, THROTTLES",
    "SYNC, DENIES",
    "ASYNC, DENIES",
    "SYNC, IS_SILENT",
    "ASYNC, IS_SILENT"
  })
  void f76_tick_whenCloudWatchTakesNothing_holdsItForTheNext(Clients clients, Answer answer) {
    CloudWatchMetricsSink sink = sink(clients);
    cloudWatch.answers(answer);
    sink.record(Events.hot("chat"));
    sink.record(Events.miss("chat"));
    tick();
    assertThat(sink.delivery()).isEqualTo(new DeliveryStats(2, 0, 0, 2));

    cloudWatch.answers(TAKES);
    sink.record(Events.hot("chat"));
    tick();

    assertThat(sink.delivery()).isEqualTo(new DeliveryStats(3, 3, 0, 0));
    assertThat(cloudWatch.refused()).hasSize(1);
    assertThat(cloudWatch.taken()).hasSize(1);
    assertThat(cloudWatch.sum(Metrics.CACHE_HITS, CHAT)).isEqualTo(2);
    assertThat(cloudWatch.average(Metrics.CACHE_HIT_RATE, CHAT)).isCloseTo(200.0 / 3, within(1e-9));
    assertThat(cloudWatch.sum(Metrics.RESPONSE_TIME, CHAT)).isCloseTo(1_204, within(1e-6));
    assertThat(lines())
        .singleElement()
        .asString()
        .contains("CloudWatch did not take 1 of 1 requests")
        .contains(
            switch (answer) {
              case THROTTLES -> "Throttling, status 400";
              case DENIES -> "AccessDenied, status 403";
              default -> "ApiCallTimeoutException";
            })
        .doesNotContain("chat");
  }

  @ParameterizedTest
  @EnumSource
  void f76_tick_whenNothingIsTakenForTooLong_dropsItAndCounts(Clients clients) {
    CloudWatchMetricsSink sink = sink(clients);
    cloudWatch.answers(DENIES);
    for (int i = 0; i < Sender.MAX_INTERVALS_HELD; i++) {
      sink.record(Events.hot("chat"));
      tick();
      sink.flush(); // does not count as an interval
    }
    assertThat(sink.delivery()).isEqualTo(new DeliveryStats(15, 0, 0, 15));
    tick();
    assertThat(sink.delivery()).isEqualTo(new DeliveryStats(15, 0, 15, 0));

    cloudWatch.answers(TAKES);
    sink.record(Events.miss("chat"));
    tick();

    assertThat(sink.delivery()).isEqualTo(new DeliveryStats(16, 1, 15, 0));
    assertThat(cloudWatch.sum(Metrics.CACHE_HITS, CHAT)).isZero();
    assertThat(cloudWatch.average(Metrics.CACHE_HIT_RATE, CHAT)).isZero();
    assertThat(lines()).anyMatch(line -> line.contains("15 calls' were given up"));
  }

  @ParameterizedTest
  @EnumSource
  void f76_tick_whenOneOfSeveralRequestsFails_sendsThatOnesAgain(Clients clients) {
    CloudWatchMetricsSink sink = sink(clients);
    cloudWatch.answers(call -> call == 0 ? THROTTLES : TAKES);
    int calls = 0;
    for (int endpoint = 0; endpoint < 64; endpoint++) {
      for (int model = 0; model < 16; model++) {
        sink.record(Events.withModel(Events.hot("e" + endpoint), "m" + model));
        calls++;
      }
    }
    tick();
    DeliveryStats delivery = sink.delivery();
    assertThat(delivery.sent()).isPositive();
    assertThat(delivery.held()).isPositive();
    assertThat(delivery.sent() + delivery.held()).isEqualTo(calls);
    tick();

    assertThat(sink.delivery()).isEqualTo(new DeliveryStats(calls, calls, 0, 0));
    for (int endpoint = 0; endpoint < 64; endpoint++) {
      assertThat(cloudWatch.sum(Metrics.CACHE_HITS, Map.of("Endpoint", "e" + endpoint)))
          .isEqualTo(16);
    }
    assertThat(cloudWatch.sum(Metrics.CACHE_HITS, Map.of())).isEqualTo(calls);
  }

  /** While the one request is not answered, callers continue. Times are not measured. */
  @ParameterizedTest
  @EnumSource
  void f76_record_whenARequestIsUnderWayAndSilent_doesNotWait(Clients clients) throws Exception {
    CloudWatchMetricsSink sink =
        built(clients.to(cloudWatch).timeout(Duration.ofDays(1))); // as good as for ever
    cloudWatch.answers(IS_SILENT);
    sink.record(Events.hot("chat"));
    Thread sending = new Thread(this::tick);
    sending.start();
    cloudWatch.awaitSilence();

    callFromManyThreads(sink);

    assertThat(sending.isAlive()).isTrue();
    assertThat(sink.delivery()).isEqualTo(new DeliveryStats(CALLS + 1, 0, 0, CALLS + 1));
    cloudWatch.answers(TAKES);
    cloudWatch.hangUp();
    sending.join();
    tick();
    assertThat(sink.delivery()).isEqualTo(new DeliveryStats(CALLS + 1, CALLS + 1, 0, 0));
  }

  @ParameterizedTest
  @EnumSource
  void f76_record_whenAMillionCallsMeetFaults_eachIsSentDroppedOrHeld(Clients clients)
      throws Exception {
    CloudWatchMetricsSink sink = built(clients.to(cloudWatch).timeout(Duration.ofSeconds(30)));
    // So many failures in a row that figures are dropped; between them CloudWatch works.
    cloudWatch.answers(call -> call % 40 < 20 ? (call % 2 == 0 ? THROTTLES : DENIES) : TAKES);
    tickWhile(() -> callFromManyThreads(sink));

    DeliveryStats delivery = sink.delivery();
    assertThat(delivery.offered()).isEqualTo(CALLS);
    assertThat(delivery.sent() + delivery.dropped() + delivery.held()).isEqualTo(CALLS);
    cloudWatch.answers(TAKES);
    sink.flush();
    delivery = sink.delivery();
    assertThat(delivery.held()).isZero();
    assertThat(delivery.sent() + delivery.dropped()).isEqualTo(CALLS);
    // What arrived is what was acknowledged, but for calls that were being added up just when an
    // interval was given up: part of them went with it.
    assertThat(
            cloudWatch.sum(Metrics.CACHE_HITS, Map.of())
                + cloudWatch.sum(Metrics.CACHE_MISSES, Map.of()))
        .isCloseTo(
            (double) delivery.sent(), within((double) THREADS * cloudWatch.refused().size()));
  }

  /** Without faults every single one arrives, once, while they are being sent. */
  @ParameterizedTest
  @EnumSource
  void f76_record_whenAMillionCallsAreSentMeanwhile_eachArrivesOnce(Clients clients)
      throws Exception {
    CloudWatchMetricsSink sink = built(clients.to(cloudWatch).timeout(Duration.ofSeconds(30)));
    tickWhile(() -> callFromManyThreads(sink));
    sink.flush();

    assertThat(sink.delivery()).isEqualTo(new DeliveryStats(CALLS, CALLS, 0, 0));
    assertThat(cloudWatch.sum(Metrics.CACHE_HITS, Map.of())).isEqualTo(CALLS / 4 * 3);
    assertThat(cloudWatch.sum(Metrics.CACHE_MISSES, Map.of())).isEqualTo(CALLS / 4);
    assertThat(cloudWatch.average(Metrics.CACHE_HIT_RATE, Map.of())).isEqualTo(75);
    assertThat(cloudWatch.samples(Metrics.RESPONSE_TIME, Map.of())).isEqualTo(CALLS);
    double millis = CALLS / 4 * (3 * 2.0 + 1_200);
    assertThat(cloudWatch.sum(Metrics.RESPONSE_TIME, Map.of()))
        .isCloseTo(millis, within(millis * 1e-9));
    double saved = CALLS / 4 * (3 * Events.PRICE - 0.000002);
    assertThat(cloudWatch.sum(Metrics.COST_SAVED, Map.of())).isCloseTo(saved, within(1e-6));
  }

  @ParameterizedTest
  @EnumSource
  void f79_flush_whenNoTickEverCame_leavesNothingForLater(Clients clients) {
    CloudWatchMetricsSink sink = sink(clients); // a Lambda function is frozen between calls
    sink.record(Events.miss("chat"));
    sink.flush();

    assertThat(sink.delivery()).isEqualTo(new DeliveryStats(1, 1, 0, 0));
    assertThat(cloudWatch.sum(Metrics.CACHE_MISSES, CHAT)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void f76_flush_whenTheThreadIsInterrupted_returnsAndHolds(Clients clients) {
    CloudWatchMetricsSink sink = sink(clients);
    sink.record(Events.miss("chat"));
    Thread.currentThread().interrupt();
    sink.flush();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(sink.delivery()).isEqualTo(new DeliveryStats(1, 0, 0, 1));
  }

  /** A class that is missing, say: it would be so at each interval. */
  @ParameterizedTest
  @EnumSource
  void f77_flush_whenACacheCannotSayWhatItHolds_sendsTheRest(Clients clients) {
    CloudWatchMetricsSink sink = sink(clients);
    sink.attached(
        () -> {
          throw new NoClassDefFoundError("a service's own supplier of the mode");
        });
    sink.record(Events.miss("chat"));
    sink.flush();

    assertThat(sink.delivery()).isEqualTo(new DeliveryStats(1, 1, 0, 0));
  }

  /** The SDK counts milliseconds, and none of them means that it waits for ever. */
  @Test
  void f76_send_whenLessThanAMillisecondIsLeft_sendsNothing() {
    List<Duration> asked = new ArrayList<>();
    EndpointCells cells = new EndpointCells("chat", false);
    cells.add(Events.hot("chat"));
    Sender sender =
        new Sender(
            (request, left) -> asked.add(left), Metrics.NAMESPACE, Duration.ofNanos(999_999));
    sender.send(Batch.pack(List.of(cells.take())), false);

    assertThat(asked).isEmpty();
    assertThat(sender.sent()).isZero();
    assertThat(cells.held()).isEqualTo(1);
  }

  private CloudWatchMetricsSink sink(Clients clients) {
    return built(clients.to(cloudWatch).modelDimension(true).timeout(Duration.ofSeconds(2)));
  }

  private CloudWatchMetricsSink built(CloudWatchMetricsSink.Builder builder) {
    return builder
        .ticks(
            (interval, task) -> {
              tasks.add(task);
              return () -> {};
            })
        .build();
  }

  private void tick() {
    tasks.forEach(Runnable::run);
  }

  private interface Work {
    void run() throws Exception;
  }

  /** Ticks all the time while something is done. */
  private void tickWhile(Work work) throws Exception {
    AtomicBoolean on = new AtomicBoolean(true);
    Thread ticking =
        new Thread(
            () -> {
              while (on.get()) {
                tick();
              }
            });
    ticking.start();
    work.run();
    on.set(false);
    ticking.join();
  }

  private List<String> lines() {
    return logged
        .toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.contains("CloudWatchMetricsSink"))
        .toList();
  }

  /** Three hits and a miss, at four endpoints, over and over. */
  private static void callFromManyThreads(CloudWatchMetricsSink sink) throws Exception {
    List<CacheEvent> calls = new ArrayList<>();
    for (String endpoint : List.of("chat", "workout-plan", "meal-plan", "motivation")) {
      calls.add(Events.miss(endpoint));
      calls.addAll(Collections.nCopies(3, Events.hot(endpoint)));
    }
    ExecutorService callers = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> all = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      all.add(
          callers.submit(
              () -> {
                for (int i = 0; i < CALLS / THREADS; i++) {
                  sink.record(calls.get(i % calls.size()));
                }
              }));
    }
    for (Future<?> caller : all) {
      caller.get(5, TimeUnit.MINUTES);
    }
    callers.shutdown();
  }
}
