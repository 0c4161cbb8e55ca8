package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.RequestOverrideConfiguration;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** What fails while a hit is verified, and {@code flush}. */
@ParameterizedClass
@EnumSource(CallingStyle.class)
@Timeout(60)
class VerifiedHitsFailuresTest extends VerifiedHitsSetUp {
  VerifiedHitsFailuresTest(CallingStyle way) {
    super(way);
  }

  private void assertFailsUnnoticed(Function<ConverseRequest, ConverseResponse> second) {
    BedrockCache cache = builder().build();
    ask(cache);
    Function<ConverseRequest, ConverseResponse> usual = bedrock.answer;
    bedrock.answer = second;
    assertHit(cache, "answer 1");
    runBehind();
    bedrock.answer = usual;
    assertHit(cache, "answer 1");
    runBehind();
    assertThat(verified(cache).failed()).isEqualTo(1);
    assertThat(verified(cache).compared()).isEqualTo(1);
    assertThat(cache.stats().faults()).isEmpty();
    assertThat(cache.stats().total().failures()).isZero();
  }

  @Test
  void bedrock_whenItFails_isCounted() {
    assertFailsUnnoticed(
        request -> {
          throw FakeBedrock.throttled();
        });
    assertThat(told.get(2).failed()).isTrue();
    assertThat(told.get(2).inError()).isTrue();
  }

  @Test
  void client_whenItThrowsAnError_isCounted() {
    assertFailsUnnoticed(
        request -> {
          throw new StackOverflowError();
        });
  }

  @Test
  @SuppressWarnings("NullAway")
  void client_whenItReturnsNull_isCounted() {
    assertFailsUnnoticed(request -> null);
  }

  @Test
  void comparison_whenTheAnswerNestsTooDeep_isCounted() {
    Document nested = Document.fromString("end");
    for (int i = 0; i < 100_000; i++) {
      nested = Document.fromList(List.of(nested));
    }
    Document deep = nested;
    assertFailsUnnoticed(
        request ->
            FakeBedrock.reply("answer", StopReason.END_TURN).toBuilder()
                .additionalModelResponseFields(deep)
                .build());
  }

  @Test
  void executor_whenItRejects_isCounted() {
    boolean[] rejecting = {true};
    BedrockCache cache =
        builder()
            .executor(
                task -> {
                  if (rejecting[0]) {
                    throw new RejectedExecutionException("full");
                  }
                  behind.add(task);
                })
            .build();
    ask(cache);
    for (int i = 0; i < 20; i++) {
      assertHit(cache, "answer 1");
    }
    assertThat(verified(cache).skipped()).isEqualTo(20);
    rejecting[0] = false;
    verify(cache); // neither a place nor a line was lost
    verify(cache);
    verify(cache);
    assertThat(verified(cache).compared()).isEqualTo(3);
  }

  @Test
  void context_whenItCannotBeCaptured_isNotMissed() {
    BedrockCache cache =
        builder()
            .contextPropagation(
                () -> {
                  throw new IllegalStateException("no context");
                })
            .build();
    ask(cache);
    assertHit(cache, "answer 1");
    runBehind();
    assertThat(verified(cache).compared()).isEqualTo(1);
  }

  @Test
  void sink_whenItThrows_changesNothing() {
    BedrockCache cache =
        builder()
            .metricsSink(
                event -> {
                  if (event.background()) {
                    throw new IllegalStateException("no sink");
                  }
                })
            .build();
    ask(cache);
    verify(cache);
    assertThat(verified(cache).compared()).isEqualTo(1);
    assertThat(cache.stats().sinkFailures()).isEqualTo(1);
  }

  @Test
  void flush_whenNothingRunsInTheBackground_makesTheCallsAndWaits() {
    BedrockCache cache =
        builder().executor(Runnable::run).verifyHits(ALL.withBackground(false)).build();
    ask(cache);
    for (int i = 0; i < 5; i++) {
      ask(cache);
    }
    assertThat(bedrock.calls).hasValue(1);
    cache.flush(Duration.ofSeconds(30));
    assertThat(bedrock.calls).hasValue(6);
    assertThat(verified(cache).compared()).isEqualTo(5);
    ask(cache);
    assertThat(bedrock.calls).hasValue(6);
  }

  @Test
  void flush_givesItsCallsNoMoreTimeThanItHas() {
    List<@Nullable Duration> limits = Collections.synchronizedList(new ArrayList<>());
    bedrock.answer =
        request -> {
          limits.add(
              request
                  .overrideConfiguration()
                  .flatMap(RequestOverrideConfiguration::apiCallTimeout)
                  .orElse(null));
          return FakeBedrock.reply("answer", StopReason.END_TURN);
        };
    BedrockCache cache =
        builder().executor(Runnable::run).verifyHits(ALL.withBackground(false)).build();
    ConverseRequest quick =
        FakeBedrock.ask("one").toBuilder()
            .overrideConfiguration(o -> o.apiCallTimeout(Duration.ofSeconds(2)))
            .build();
    ask(cache);
    ask(cache);
    ask(cache, quick);
    limits.clear();
    cache.flush(Duration.ofSeconds(9));
    assertThat(limits).containsExactlyInAnyOrder(Duration.ofSeconds(9), Duration.ofSeconds(2));
  }

  @Test
  void flush_whenItsTimeIsOver_returnsAndBeginsNoMore() {
    BedrockCache cache = builder().verifyHits(ALL.withBackground(false)).build();
    ask(cache);
    for (int i = 0; i < 5; i++) {
      ask(cache);
    }
    cache.flush(Duration.ofMillis(1)); // the executor does not run what it is given
    assertThat(behind).hasSize(2);
    runBehind();
    assertThat(bedrock.calls).hasValue(1);
    assertThat(verified(cache).skipped()).isEqualTo(2);
    ask(cache); // there is room, and no call is made without a flush
    assertThat(behind).isEmpty();
  }
}
