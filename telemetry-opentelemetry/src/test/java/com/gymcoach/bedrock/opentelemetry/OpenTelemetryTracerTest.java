package com.gymcoach.bedrock.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.opentelemetry.TracedBedrock.Operation;
import com.gymcoach.bedrock.opentelemetry.TracedBedrock.Setup;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;

/** Each call through the cache has a span, beside OpenTelemetry's instrumentation of the SDK. */
@Timeout(60)
class OpenTelemetryTracerTest {
  private static final SdkAsyncHttpClient HTTP = NettyNioAsyncHttpClient.create();
  private static final String MODEL = "amazon.nova-lite-v1:0";

  private final TracedBedrock bedrock = new TracedBedrock(HTTP);
  private final ExecutorService storeThread = Executors.newSingleThreadExecutor();
  private final InMemoryCacheStore memory = new InMemoryCacheStore();
  private final ElsewhereStore elsewhere = new ElsewhereStore(memory, storeThread);
  private final OpenTelemetryTracer tracer = OpenTelemetryTracer.create(bedrock.openTelemetry);

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
      for (Operation operation : Operation.values()) {
        if (setup.async() || operation == Operation.CONVERSE) {
          all.add(Arguments.of(setup, operation));
        }
      }
    }
    return all;
  }

  /** A cache whose store answers on another thread; the tracer alone carries the context. */
  private BedrockCache cache() {
    return BedrockCache.builder().store(elsewhere).tracer(tracer).build();
  }

  /**
   * Makes a call in a span of its caller, and lets the store answer when the caller has gone on.
   */
  private SpanContext call(Setup setup, Operation operation, BedrockCache cache) {
    Span caller = bedrock.tracer.spanBuilder("caller").startSpan();
    CompletableFuture<?> call =
        Context.current()
            .with(caller)
            .wrapSupplier(
                () -> {
                  CompletableFuture<?> begun = begin(setup, operation, cache);
                  assertThat(Span.current()).isSameAs(caller);
                  return begun;
                })
            .get();
    call.join();
    return caller.getSpanContext();
  }

  private CompletableFuture<?> begin(Setup setup, Operation operation, BedrockCache cache) {
    if (setup.async()) {
      elsewhere.hold();
    }
    CompletableFuture<?> call = bedrock.call(setup, operation, cache);
    elsewhere.release();
    return call;
  }

  /** Returns the next spans that end, by name. */
  private Map<String, SpanData> ended(int count) throws InterruptedException {
    Map<String, SpanData> ended = new HashMap<>();
    for (int i = 0; i < count; i++) {
      SpanData span = bedrock.spans.next();
      ended.put(span.getName(), span);
    }
    return ended;
  }

  private static SpanData named(Map<String, SpanData> spans, String name) {
    return Objects.requireNonNull(spans.get(name), () -> name + " is not in " + spans.keySet());
  }

  private static String nameOf(Operation operation) {
    return "bedrock.cache " + (operation == Operation.CONVERSE ? "Converse" : "ConverseStream");
  }

  @ParameterizedTest
  @MethodSource("all")
  void call_whenItMisses_isTheParentOfTheCallToBedrock(Setup setup, Operation operation)
      throws InterruptedException {
    try (BedrockCache cache = cache()) {
      SpanContext caller = call(setup, operation, cache);

      Map<String, SpanData> spans = ended(2);
      SpanData span = named(spans, nameOf(operation));
      SpanData model = named(spans, "chat " + MODEL);
      assertThat(span.getParentSpanContext()).isEqualTo(caller);
      assertThat(model.getParentSpanContext()).isEqualTo(span.getSpanContext());
      assertThat(span.getAttributes().asMap())
          .isEqualTo(
              Attributes.builder()
                  .put(OpenTelemetryTracer.ENDPOINT, "chat")
                  .put(OpenTelemetryTracer.OPERATION, "chat")
                  .put(OpenTelemetryTracer.MODEL, MODEL)
                  .put(OpenTelemetryTracer.RESULT, "miss")
                  .put(OpenTelemetryTracer.SOURCE, "bedrock")
                  .put(OpenTelemetryTracer.REASON, "ABSENT")
                  .build()
                  .asMap());
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void call_whenItIsAHit_saysWhatItSavedAndUsesNoTokens(Setup setup, Operation operation)
      throws InterruptedException {
    try (BedrockCache one = cache();
        BedrockCache other = cache()) {
      call(setup, operation, one);
      ended(2);
      for (BedrockCache cache : List.of(one, other)) {
        SpanContext caller = call(setup, operation, cache);
        SpanData span = bedrock.spans.next();
        Attributes attributes = span.getAttributes();
        assertThat(span.getParentSpanContext()).isEqualTo(caller);
        assertThat(attributes.get(OpenTelemetryTracer.RESULT)).isEqualTo("hit");
        assertThat(attributes.get(OpenTelemetryTracer.SOURCE))
            .isEqualTo(cache == one ? "hot" : "warm");
        assertThat(attributes.get(OpenTelemetryTracer.AGE)).isNotNegative();
        assertThat(attributes.get(OpenTelemetryTracer.TOKENS_SAVED)).isPositive();
        assertThat(attributes.asMap().keySet())
            .extracting(AttributeKey::getKey)
            .noneMatch(key -> key.startsWith("gen_ai.usage"));
      }
    }
    assertThat(bedrock.standIn.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void follower_isLinkedToItsLeader(Operation operation) throws InterruptedException {
    try (BedrockCache cache = BedrockCache.builder().tracer(tracer).build()) {
      bedrock.standIn.hold();
      CompletableFuture<?> leader = bedrock.call(Setup.ASYNC, operation, cache);
      CompletableFuture<?> follower = bedrock.call(Setup.ASYNC, operation, cache);
      bedrock.standIn.release();
      CompletableFuture.allOf(leader, follower).join();

      List<SpanData> spans =
          List.of(bedrock.spans.next(), bedrock.spans.next(), bedrock.spans.next());
      SpanData leading = withResult(spans, "miss");
      SpanData following = withResult(spans, "coalesced");
      assertThat(following.getLinks())
          .extracting(LinkData::getSpanContext)
          .containsExactly(leading.getSpanContext());
      assertThat(following.getAttributes().get(OpenTelemetryTracer.SOURCE)).isEqualTo("bedrock");
      assertThat(leading.getLinks()).isEmpty();
    }
  }

  private static SpanData withResult(List<SpanData> spans, String result) {
    return spans.stream()
        .filter(span -> result.equals(span.getAttributes().get(OpenTelemetryTracer.RESULT)))
        .findAny()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("all")
  void call_whenBedrockFails_isInErrorWithoutTheMessage(Setup setup, Operation operation)
      throws InterruptedException {
    bedrock.standIn.answerWith(
        request -> BedrockStandIn.Reply.error(400, "ValidationException", "a secret prompt"));
    try (BedrockCache cache = cache()) {
      assertThat(catchThrowable(() -> call(setup, operation, cache))).isNotNull();

      SpanData span = named(ended(2), nameOf(operation));
      assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
      assertThat(span.getAttributes().get(OpenTelemetryTracer.RESULT)).isEqualTo("failed");
      assertThat(span.getAttributes().get(OpenTelemetryTracer.ERROR_TYPE))
          .endsWith(".ValidationException");
      assertThat(span.toString()).doesNotContain("secret");
    }
  }
}
