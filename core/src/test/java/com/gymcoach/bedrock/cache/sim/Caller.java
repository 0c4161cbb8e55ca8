package com.gymcoach.bedrock.cache.sim;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.sim.Schedule.Call;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;

/** A caller: asks once, and remembers what it got and when. */
final class Caller extends Activity {
  private final Call call;
  private final EventLoop loop;
  private final Consumer<Caller> whenEnded;
  private @Nullable CompletableFuture<?> future;
  private @Nullable StreamSink<?, ?> stream;
  private long began = -1;
  private long beganOrder;
  private long ended = -1;
  private boolean cancelled;
  private boolean bypassing;
  private @Nullable Object value;
  private @Nullable Throwable failure;
  private @Nullable CacheOutcome outcome;

  /**
   * Creates a caller that has not asked yet.
   *
   * @param whenEnded is told when it has its answer
   */
  Caller(Call call, EventLoop loop, Consumer<Caller> whenEnded) {
    super(call.question().operation(), call.instance());
    this.call = call;
    this.loop = loop;
    this.whenEnded = whenEnded;
  }

  Call call() {
    return call;
  }

  Question question() {
    return call.question();
  }

  /** Asks through a client. */
  void ask(BedrockRuntimeAsyncClient client) {
    began = loop.now();
    beganOrder = loop.nextOrder();
    loop.log(() -> this + " asks");
    AwsRequest request = Answers.request(question(), call.control(), call.timeout());
    try {
      future = send(client, request);
    } catch (RuntimeException | Error thrown) { // as the client threw it
      end(null, thrown);
      return;
    }
    CompletableFuture<?> unused = future.whenComplete(this::end);
    if (ended < 0 && phase() == null) {
      enters(Phase.FOLLOW);
    }
  }

  private CompletableFuture<?> send(BedrockRuntimeAsyncClient client, AwsRequest request) {
    return switch (question().operation()) {
      case CONVERSE -> client.converse((ConverseRequest) request);
      case INVOKE_MODEL, EMBEDDINGS -> client.invokeModel((InvokeModelRequest) request);
      case CONVERSE_STREAM -> {
        StreamSink.OfConverse sink = new StreamSink.OfConverse(loop, call.eager(), this::responds);
        stream = sink;
        yield client.converseStream((ConverseStreamRequest) request, sink);
      }
      case INVOKE_MODEL_STREAM -> {
        StreamSink.OfInvoke sink = new StreamSink.OfInvoke(loop, call.eager(), this::responds);
        stream = sink;
        yield client.invokeModelWithResponseStream(
            (InvokeModelWithResponseStreamRequest) request, sink);
      }
      case INVALIDATE -> throw new IllegalStateException();
    };
  }

  private void responds(SdkResponse response) {
    outcome = CacheOutcome.of(response);
    if (outcome.source() == CacheSource.HOT) {
      enters(Phase.SERVE);
    }
  }

  void cancel() {
    CompletableFuture<?> mine = future;
    if (mine != null && !mine.isDone()) {
      cancelled = true;
      loop.log(() -> this + " cancels");
      mine.cancel(true);
    }
  }

  private void end(@Nullable Object answer, @Nullable Throwable thrown) {
    ended = loop.now();
    StreamSink<?, ?> sink = stream;
    value = sink == null ? answer : sink.events();
    failure = thrown;
    if (answer instanceof SdkResponse response) {
      outcome = CacheOutcome.of(response);
    }
    loop.log(() -> this + " ends: " + (thrown == null ? outcome : thrown));
    whenEnded.accept(this);
  }

  /** Records that the cache is off, so that Bedrock must answer this caller. */
  void mustBypass() {
    bypassing = true;
  }

  boolean isBypassing() {
    return bypassing;
  }

  long began() {
    return began;
  }

  long beganOrder() {
    return beganOrder;
  }

  boolean hasBegun() {
    return began >= 0;
  }

  boolean hasEnded() {
    return ended >= 0;
  }

  long ended() {
    return ended;
  }

  boolean hasCancelled() {
    return cancelled;
  }

  /** Returns the answer: a response, or the events of a stream. */
  @Nullable Object value() {
    return value;
  }

  @Nullable Throwable failure() {
    return failure;
  }

  @Nullable CacheOutcome outcome() {
    return outcome;
  }

  @Nullable StreamSink<?, ?> stream() {
    return stream;
  }

  @Override
  public String toString() {
    return "caller " + call.number() + " at instance " + call.instance() + " (" + question() + ")";
  }
}
