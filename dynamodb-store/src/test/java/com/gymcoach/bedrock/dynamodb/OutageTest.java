package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A table that does not answer for long: few calls pay for it, then none, and it is noticed when it
 * is back.
 */
@ParameterizedClass
@EnumSource(Way.class)
class OutageTest extends WarmTierFixture {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  /** As many as pay a budget in an outage at most. */
  private static final int FEW = 20;

  OutageTest(Way way) {
    super(way);
  }

  private void askAtOnce(BedrockCache cache, int callers) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      List<Future<String>> calls = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        String question = "at once " + i;
        calls.add(threads.submit(() -> ask(cache, question)));
      }
      assertThat(calls).allSatisfy(call -> assertThat(call.get(60, TimeUnit.SECONDS)).isNotEmpty());
    } finally {
      threads.shutdownNow();
    }
  }

  private void askOneByOne(BedrockCache cache, String prefix, int calls) {
    for (int i = 0; i < calls; i++) {
      assertThat(ask(cache, prefix + i)).isNotEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void f06_blackHole_atMost20CallsPayThenNoneAndItIsTriedEachIntervalUntilItIsBack(Kind kind)
      throws Exception {
    BedrockCache cache = hasty(throughProxy(kind));
    proxy.play(FaultProxy.Mode.SILENT, "");
    askAtOnce(cache, FEW / 2);
    assertThat(paid(cache)).isEqualTo(FEW / 2);

    askOneByOne(cache, "open ", 200);
    long paid = paid(cache);
    assertThat(paid).isLessThanOrEqualTo(FEW);
    assertThat(count(cache, CacheFault.STORE_UNAVAILABLE)).isEqualTo(FEW / 2 + 200 - paid);

    int requests = proxy.requests();
    time.advance(INTERVAL);
    askOneByOne(cache, "probing ", 10);
    Await.until("the table is tried", () -> proxy.requests() > requests);

    proxy.heal();
    askOneByOne(cache, "healed and not tried yet ", 5);
    assertThat(proxy.requests()).isEqualTo(requests + 1);
    proxy.release(); // no sooner: an HTTP client may send once more what was not answered

    time.advance(INTERVAL);
    assertThat(bedrock.requests()).isEqualTo(FEW / 2 + 200 + 10 + 5);
    recovers(cache);
    assertThat(paid(cache)).isEqualTo(paid);
  }

  /** Which of two timers was first, ours or the SDK's, is not the point. */
  private long paid(BedrockCache cache) {
    return count(cache, CacheFault.STORE_READ_TIMEOUT) + count(cache, CacheFault.STORE_READ_FAILED);
  }

  /** A future that never completes counts as well: the time is kept here, not by the SDK. */
  @ParameterizedTest
  @EnumSource(value = Kind.class, names = "ASYNC")
  void f23_futuresThatNeverComplete_openTheBreakerToo(Kind kind) throws Exception {
    FailingHttp.Async http = new FailingHttp.Async();
    BedrockCache cache = hasty(asyncOver(http));
    http.fails = true;
    askAtOnce(cache, FEW / 2);
    time.advance(SHORT);
    askOneByOne(cache, "open ", 50);
    assertThat(count(cache, CacheFault.STORE_UNAVAILABLE)).isEqualTo(50); // no other timer is there
    http.fails = false;
    time.advance(INTERVAL);
    recovers(cache);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void f03_accessDenied_isAskedOnceAndSaidOnceInALongInterval(Kind kind) {
    isAskedAndSaidOnce(kind, "AccessDeniedException");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void f04_tableIsMissing_isAskedOnceAndSaidOnceInALongInterval(Kind kind) {
    isAskedAndSaidOnce(kind, "ResourceNotFoundException");
  }

  private void isAskedAndSaidOnce(Kind kind, String error) {
    BedrockCache cache = cache(throughProxy(kind));
    proxy.refuse(error);
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream console = System.err;
    int requests = proxy.requests();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      askOneByOne(cache, "denied ", 30);
      assertThat(proxy.requests() - requests).isEqualTo(1);
      time.advance(LONG.minusSeconds(1));
      askOneByOne(cache, "still denied ", 30);
      assertThat(proxy.requests() - requests).isEqualTo(1);
      time.advance(Duration.ofSeconds(1));
      askOneByOne(cache, "tried again ", 30);
      Await.until("both are said", () -> said(log).size() == 2);
      assertThat(proxy.requests() - requests).isEqualTo(2);
    } finally {
      System.setErr(console);
    }
    assertThat(said(log))
        .hasSize(2)
        .allMatch(line -> line.contains(error) && line.contains("300 s"));
    assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain("denied 1");
    proxy.heal();
    time.advance(LONG);
    recovers(cache);
  }

  private List<String> said(ByteArrayOutputStream log) {
    return log.toString(StandardCharsets.UTF_8).lines().filter(l -> l.contains(table)).toList();
  }

  /** A service that may read and not write loses the writes only, until it may. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void f03_writesDenied_lookUpsGoOn(Kind kind) {
    BedrockCache other = cache(throughProxy(kind));
    assertThat(ask(other, "kept before")).isEqualTo("1");
    proxy.refuse("AccessDeniedException", "PutItem");
    BedrockCache cache = cache(throughProxy(kind));
    askOneByOne(cache, "not kept ", 5);
    assertThat(count(cache, CacheFault.STORE_WRITE_FAILED)).isEqualTo(1);
    assertThat(count(cache, CacheFault.STORE_UNAVAILABLE)).isEqualTo(4);
    assertThat(ask(cache, "kept before")).isEqualTo("1");
    proxy.heal();
    time.advance(LONG);
    String first = ask(cache, "the first that is kept"); // and waited for
    assertThat(ask(fresh(), "the first that is kept")).isEqualTo(first);
    assertThat(count(cache, CacheFault.STORE_UNAVAILABLE)).isEqualTo(4);
  }

  /** An invalidation bypasses the breaker. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void invalidate_whileTheBreakerIsOpen_reachesTheTable(Kind kind) {
    BedrockCache cache = cache(throughProxy(kind));
    assertThat(ask(cache, "question")).isEqualTo("1");
    proxy.refuse("AccessDeniedException", "BatchGetItem");
    assertThat(ask(cache, "denied")).isEqualTo("2");
    assertThat(cache.invalidate(ALICE)).isEqualTo(2); // one from the table, one from memory only
    assertThat(ask(fresh(), "question")).isEqualTo("3");
  }
}
