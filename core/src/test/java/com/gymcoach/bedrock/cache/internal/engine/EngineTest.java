package com.gymcoach.bedrock.cache.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.FakeBedrock;
import com.gymcoach.bedrock.cache.FakeStore;
import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.internal.call.BedrockCall;
import com.gymcoach.bedrock.cache.internal.call.Blocking;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest.ResolvedScope;
import com.gymcoach.bedrock.cache.internal.call.ClientIdentity;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** The caller gets what the client gives, at whichever step the cache breaks. */
class EngineTest {
  private final FakeTime time = new FakeTime();
  private final Engine engine = Engines.engine(new Fences(time), new FakeStore(), time);

  private String answer(
      @Nullable CacheableOperation<ConverseRequest, ConverseResponse> operation, Method method) {
    return engine.answer(request(operation), RolloutState.of(CacheMode.ON, 100), method);
  }

  @SuppressWarnings("NullAway") // a request without an operation cannot be planned
  private static CallerRequest<ConverseRequest, ConverseResponse> request(
      @Nullable CacheableOperation<ConverseRequest, ConverseResponse> operation) {
    return new CallerRequest<>(
        operation,
        FakeBedrock.ask("Plan my week"),
        new ResolvedScope(Engines.ALICE, null),
        new ClientIdentity("us-east-1", false),
        null);
  }

  @Test
  void answer_whenPlanningBreaks_callsTheClient() {
    assertThat(answer(null, new Method(null, false))).isEqualTo("direct");
  }

  @Test
  void answer_whenPreparingBreaks_callsTheClient() {
    assertThat(answer(CacheableOperations.CONVERSE, new Method(null, false))).isEqualTo("direct");
  }

  @Test
  void answer_whenTheCacheBreaksBeforeTheCall_callsTheClient() {
    assertThat(answer(CacheableOperations.CONVERSE, new Method(new Pending(), false)))
        .isEqualTo("direct");
  }

  /** The followers' release breaks as well: the caller's answer must not be lost with it. */
  @Test
  void answer_whenTheCacheBreaksAfterTheCall_givesWhatTheClientHasGiven() {
    Pending pending = new Pending();
    assertThatThrownBy(pending.origin()::leave).isInstanceOf(StackOverflowError.class);
    assertThat(answer(CacheableOperations.CONVERSE, new Method(pending, true)))
        .isEqualTo("given already");
  }

  /** A method whose call cannot be prepared, or whose answer cannot be taken. */
  private record Method(@Nullable Pending pending, boolean made)
      implements ClientMethod<ConverseRequest, ConverseResponse, String> {

    @Override
    public String direct(@Nullable ConverseRequest request) {
      return "direct";
    }

    @Override
    public String fromMemory(ConverseResponse response) {
      return "from memory";
    }

    @Override
    public void whenEnded(@Nullable String given, Consumer<@Nullable Throwable> end) {
      end.accept(null);
    }

    @Override
    public PendingCall<ConverseResponse, String> prepare(
        Exchange<ConverseRequest, ConverseResponse> exchange) {
      if (pending == null) {
        throw new StackOverflowError();
      }
      pending.made = made;
      return pending;
    }
  }

  private static final class Pending
      implements PendingCall<ConverseResponse, String>, BedrockCall<ConverseResponse> {
    private final OnceOnlyCall<ConverseResponse> origin = new OnceOnlyCall<>(this);
    private boolean made;

    @Override
    public OnceOnlyCall<ConverseResponse> origin() {
      return origin;
    }

    @Override
    public WaitStrategy waiting() {
      return Blocking.INSTANCE;
    }

    @Override
    public void take(CompletionStage<Result<ConverseResponse>> answer) {
      throw new StackOverflowError();
    }

    @Override
    public String result() {
      throw new AssertionError("The answer was not taken");
    }

    @Override
    public boolean isMade() {
      return made;
    }

    @Override
    public String rescue(Throwable broken) {
      return "given already";
    }

    @Override
    public CompletionStage<ConverseResponse> begin(CacheOutcome outcome) {
      return CompletableFuture.completedFuture(FakeBedrock.reply("Rest", StopReason.END_TURN));
    }

    @Override
    public void cancel() {
      throw new StackOverflowError();
    }
  }
}
