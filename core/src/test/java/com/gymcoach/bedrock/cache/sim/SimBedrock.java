package com.gymcoach.bedrock.cache.sim;

import com.gymcoach.bedrock.cache.sim.Schedule.Plan;
import com.gymcoach.bedrock.cache.sim.Schedule.Treatment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;

/** Bedrock behind one of an instance's clients. Does to each caller's call what its plan says. */
final class SimBedrock implements BedrockRuntimeAsyncClient {
  private static final BedrockRuntimeServiceClientConfiguration[] CONFIGURATIONS = {
    configuration(Region.US_EAST_1), configuration(Region.EU_WEST_1)
  };
  private static final SdkHttpResponse OK =
      SdkHttpResponse.builder().statusCode(200).putHeader("x-amzn-RequestId", "id-2").build();

  private final EventLoop loop;
  private final History history;
  private final int client;

  /**
   * Creates a client.
   *
   * @param client the number of its configuration
   */
  SimBedrock(EventLoop loop, History history, int client) {
    this.loop = loop;
    this.history = history;
    this.client = client;
  }

  private static BedrockRuntimeServiceClientConfiguration configuration(Region region) {
    BedrockRuntimeServiceClientConfiguration.Builder builder =
        BedrockRuntimeServiceClientConfiguration.builder();
    builder.region(region);
    return builder.build();
  }

  /** A call to Bedrock and what becomes of it. */
  private final class Sent {
    private final Plan plan;
    private final Asked asked;
    private final @Nullable Throwable failure;

    Sent(AwsRequest request) {
      Activity activity = loop.activity();
      if (activity == null) {
        throw new AssertionError("Bedrock is asked, and nobody knows for whom");
      }
      Caller caller = (Caller) activity.foreground();
      boolean background = activity.isBackground();
      plan = background ? caller.call().again() : caller.call().plan();
      if (caller.call().question().client() != client) {
        throw new AssertionError("The wrong client was called for " + caller);
      }
      asked = history.asked(caller, background, plan.treatment() == Treatment.CUTS, request);
      activity.enters(background ? Phase.BACKGROUND : Phase.ORIGIN);
      history.strikes(plan, activity, caller);
      failure = plan.failure();
    }

    /** Runs what ends the call when its time has come, if it does not end before. */
    void whenAnswered(AwsRequest request, CompletableFuture<?> future, Runnable end) {
      Duration limit =
          request
              .overrideConfiguration()
              .flatMap(AwsRequestOverrideConfiguration::apiCallTimeout)
              .orElse(null);
      if (limit != null
          && (plan.treatment() == Treatment.HANGS || limit.toNanos() < plan.nanos())) {
        loop.after(
            limit.toNanos(),
            () -> future.completeExceptionally(ApiCallTimeoutException.create(limit.toMillis())));
      } else if (plan.treatment() != Treatment.HANGS) {
        loop.after(plan.nanos(), end);
      }
    }

    /** Returns the future that the client returns; its end is noted before all else. */
    <T> CompletableFuture<T> future() {
      Asked call = asked;
      return new CompletableFuture<>() {
        @Override
        public boolean completeExceptionally(Throwable thrown) {
          call.ends(loop, thrown);
          return super.completeExceptionally(thrown);
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
          call.ends(loop, new CancellationException());
          return super.cancel(mayInterrupt);
        }
      };
    }

    Object answer() {
      asked.answers(loop);
      return asked.answer();
    }
  }

  private <R> CompletableFuture<R> call(AwsRequest request, Class<R> type) {
    Sent sent = new Sent(request);
    CompletableFuture<R> future = sent.future();
    sent.whenAnswered(
        request,
        future,
        () -> {
          if (future.isDone()) {
            return;
          }
          if (sent.failure == null) {
            future.complete(type.cast(sent.answer()));
          } else {
            future.completeExceptionally(sent.failure);
          }
        });
    return future;
  }

  private <R extends AwsResponse, E> CompletableFuture<Void> stream(
      AwsRequest request, R head, EventStreamResponseHandler<R, E> handler) {
    Sent sent = new Sent(request);
    CompletableFuture<Void> future = sent.future();
    @SuppressWarnings("unchecked")
    List<E> events = (List<E>) sent.asked.answer();
    SimPublisher<E> publisher =
        new SimPublisher<>(
            loop,
            sent.failure == null ? events : events.subList(0, 1),
            sent.failure,
            () -> {
              if (sent.failure == null) {
                sent.answer();
                handler.complete();
                future.complete(null);
              } else {
                handler.exceptionOccurred(sent.failure);
                future.completeExceptionally(sent.failure);
              }
            });
    sent.whenAnswered(
        request,
        future,
        () -> {
          if (!future.isDone()) {
            handler.responseReceived(head);
            handler.onEventStream(publisher);
          }
        });
    CompletableFuture<Void> unused =
        future.whenComplete(
            (nothing, thrown) -> {
              if (thrown != null && thrown != sent.failure) { // cancelled, or out of time
                handler.exceptionOccurred(thrown);
                publisher.abort(thrown);
              }
            });
    return future;
  }

  @Override
  public CompletableFuture<ConverseResponse> converse(ConverseRequest request) {
    return call(request, ConverseResponse.class);
  }

  @Override
  public CompletableFuture<InvokeModelResponse> invokeModel(InvokeModelRequest request) {
    return call(request, InvokeModelResponse.class);
  }

  @Override
  public CompletableFuture<Void> converseStream(
      ConverseStreamRequest request, ConverseStreamResponseHandler handler) {
    ConverseStreamResponse head =
        (ConverseStreamResponse) ConverseStreamResponse.builder().sdkHttpResponse(OK).build();
    return stream(request, head, handler);
  }

  @Override
  public CompletableFuture<Void> invokeModelWithResponseStream(
      InvokeModelWithResponseStreamRequest request,
      InvokeModelWithResponseStreamResponseHandler handler) {
    InvokeModelWithResponseStreamResponse head =
        (InvokeModelWithResponseStreamResponse)
            InvokeModelWithResponseStreamResponse.builder()
                .contentType("application/json")
                .sdkHttpResponse(OK)
                .build();
    return stream(request, head, handler);
  }

  @Override
  public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
    return CONFIGURATIONS[client];
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
