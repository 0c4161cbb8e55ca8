package com.gymcoach.bedrock.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.ContextPropagation;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.opentelemetry.TracedBedrock.Answer;
import com.gymcoach.bedrock.opentelemetry.TracedBedrock.Operation;
import com.gymcoach.bedrock.opentelemetry.TracedBedrock.Setup;
import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;

/**
 * The span of the call to Bedrock is a child of the caller's span, wherever OpenTelemetry's wrapper
 * is and on whichever thread the call is made.
 */
@Timeout(60)
class OpenTelemetryContextTest {
  private static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("aws.request_id");
  private static final AttributeKey<List<String>> FINISH_REASONS =
      AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");
  private static final AttributeKey<Long> OUTPUT_TOKENS =
      AttributeKey.longKey("gen_ai.usage.output_tokens");
  private static final AttributeKey<String> EVENT_NAME = AttributeKey.stringKey("event.name");
  private static final ContextKey<String> TENANT = ContextKey.named("tenant");

  /** Where a store's answer arrives. */
  enum Answers {
    ON_THE_CALLERS_THREAD,
    ELSEWHERE
  }

  private static final SdkAsyncHttpClient HTTP = NettyNioAsyncHttpClient.create();

  private final TracedBedrock bedrock = new TracedBedrock(HTTP);
  private final ExecutorService storeThread = Executors.newSingleThreadExecutor();
  private final InMemoryCacheStore memory = new InMemoryCacheStore();
  private final ElsewhereStore elsewhere = new ElsewhereStore(memory, storeThread);

  @AfterEach
  void stop() {
    bedrock.close();
    storeThread.shutdownNow();
  }

  @AfterAll
  static void closeHttp() {
    HTTP.close();
  }

  private static List<Arguments> all() {
    List<Arguments> all = new ArrayList<>();
    for (Setup setup : Setup.values()) {
      for (Answers answers : Answers.values()) {
        for (Operation operation : Operation.values()) {
          if (setup.async() || operation == Operation.CONVERSE) {
            all.add(Arguments.of(setup, answers, operation));
          }
        }
      }
    }
    return all;
  }

  private BedrockCache cache(Answers answers, ContextPropagation propagation) {
    CacheStore store = answers == Answers.ELSEWHERE ? elsewhere : memory;
    BedrockCacheBuilder builder = BedrockCache.builder().store(store);
    return builder.contextPropagation(propagation).build();
  }

  /** Makes a call, and lets the store answer an async one when the caller has gone on. */
  private Answer call(Setup setup, Operation operation, @Nullable BedrockCache cache) {
    if (setup.async()) {
      elsewhere.hold();
    }
    CompletableFuture<Answer> call = bedrock.call(setup, operation, cache);
    elsewhere.release();
    return call.join();
  }

  private static void assertOutcome(Answer answer, Status status, CacheSource source) {
    CacheOutcome outcome = Objects.requireNonNull(answer.outcome());
    assertThat(outcome.status()).isEqualTo(status);
    assertThat(outcome.source()).isEqualTo(source);
  }

  /** Returns what the instrumentation says of a call, less what differs from call to call. */
  private static Attributes described(SpanData span) {
    return span.getAttributes().toBuilder().remove(REQUEST_ID).build();
  }

  private static List<LogRecordData> named(String event, List<LogRecordData> logged) {
    return logged.stream().filter(r -> event.equals(r.getAttributes().get(EVENT_NAME))).toList();
  }

  private void assertNoContextIsLeftOnTheStoresThread() {
    Context left = CompletableFuture.supplyAsync(Context::current, storeThread).join();
    assertThat(left).isSameAs(Context.root());
  }

  /** Runs code in a new span, which is never ended, and checks that it stays current. */
  private Span inSpan(Callable<?> code) throws Exception {
    Span span = bedrock.tracer.spanBuilder("caller").startSpan();
    Context.current()
        .with(span)
        .wrap(
            () -> {
              code.call();
              assertThat(Span.current()).isSameAs(span);
              return span;
            })
        .call();
    return span;
  }

  @ParameterizedTest
  @MethodSource("all")
  void call_whenItMisses_isTracedAsTheBareClientsCall(
      Setup setup, Answers answers, Operation operation) throws Exception {
    Answer bare = call(setup, operation, null);
    Attributes expected = described(bedrock.spans.next());
    bedrock.logged.reset();
    try (BedrockCache cache = cache(answers, OpenTelemetryContext.propagation())) {
      List<Answer> misses = new ArrayList<>();
      Span caller = inSpan(() -> misses.add(call(setup, operation, cache)));
      assertOutcome(misses.get(0), Status.MISS, CacheSource.BEDROCK);
      assertThat(misses.get(0).text()).isEqualTo(bare.text());
      SpanData model = bedrock.spans.next();
      assertThat(model.getParentSpanContext()).isEqualTo(caller.getSpanContext());
      assertThat(described(model)).isEqualTo(expected);
      if (setup != Setup.ASYNC || operation == Operation.CONVERSE) { // or no events are looked at
        assertThat(expected.get(FINISH_REASONS)).containsExactly("end_turn");
        assertThat(expected.get(OUTPUT_TOKENS)).isPositive();
        assertThat(named("gen_ai.choice", bedrock.logged.getFinishedLogRecordItems()))
            .extracting(LogRecordData::getSpanContext)
            .containsExactly(model.getSpanContext());
      }
    }
    assertNoContextIsLeftOnTheStoresThread();
  }

  @ParameterizedTest
  @MethodSource("all")
  void call_whenItIsAHit_makesNoModelsSpan(Setup setup, Answers answers, Operation operation)
      throws Exception {
    ContextPropagation propagation = OpenTelemetryContext.propagation();
    try (BedrockCache one = cache(answers, propagation);
        BedrockCache other = cache(answers, propagation)) {
      Answer miss = call(setup, operation, one);
      bedrock.spans.next();
      List<Answer> hits = new ArrayList<>();
      inSpan(() -> hits.add(call(setup, operation, one)));
      inSpan(() -> hits.add(call(setup, operation, other)));
      assertOutcome(hits.get(0), Status.HIT, CacheSource.HOT);
      assertOutcome(hits.get(1), Status.HIT, CacheSource.WARM);
      assertThat(hits).extracting(Answer::text).containsOnly(miss.text());
    }
    assertThat(bedrock.standIn.requests()).isEqualTo(1);
    assertThat(bedrock.spans.started)
        .extracting(span -> span.getName())
        .containsExactly("chat amazon.nova-lite-v1:0", "caller", "caller");
    // As the page says: a wrapper outside logs a hit's events too, though a hit has no span.
    boolean hears = setup == Setup.WRAPPER_OUTSIDE && operation == Operation.CONVERSE_STREAM;
    assertThat(named("gen_ai.choice", bedrock.logged.getFinishedLogRecordItems()))
        .filteredOn(event -> !event.getSpanContext().isValid())
        .hasSize(hears ? 2 : 0);
    assertNoContextIsLeftOnTheStoresThread();
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void call_withoutPropagation_losesItsParent(Operation operation) throws Exception {
    try (BedrockCache cache = cache(Answers.ELSEWHERE, ContextPropagation.none())) {
      inSpan(() -> call(Setup.WRAPPER_OUTSIDE, operation, cache));
    }
    SpanData model = bedrock.spans.next();
    assertThat(model.getParentSpanContext()).isEqualTo(SpanContext.getInvalid());
    if (operation == Operation.CONVERSE_STREAM) { // the wrapper's own context is lost as well
      assertThat(model.getAttributes().get(FINISH_REASONS)).isNull();
    }
  }

  @Test
  void propagation_carriesTheWholeContextAndPutsBackTheOther() throws Exception {
    Executor captured =
        Context.root()
            .with(TENANT, "caller")
            .wrap((Callable<Executor>) OpenTelemetryContext.propagation()::capture)
            .call();
    List<String> found = new ArrayList<>();
    Context.root()
        .with(TENANT, "another")
        .wrap(
            () -> {
              captured.execute(() -> found.add(String.valueOf(Context.current().get(TENANT))));
              found.add(String.valueOf(Context.current().get(TENANT)));
            })
        .run();
    assertThat(found).containsExactly("caller", "another");
  }

  /** A context that another caller left on the thread is not this caller's. */
  @Test
  void propagation_whenTheCallerHasNoContext_hidesTheOther() {
    Executor captured = OpenTelemetryContext.propagation().capture();
    List<Context> found = new ArrayList<>();
    Context.root()
        .with(TENANT, "another")
        .wrap(() -> captured.execute(() -> found.add(Context.current())))
        .run();
    assertThat(found).containsExactly(Context.root());
  }
}
