package com.gymcoach.bedrock.cache;

import static software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;

/**
 * An HTTP client that answers with bodies given, for the real SDK client above it. Bodies are
 * handed over on the thread that pushes or asks for them.
 */
final class CannedHttp implements SdkAsyncHttpClient {
  private final IntFunction<Body> bodies;
  private final ObjIntConsumer<Runnable> streamCall;
  private final AtomicInteger calls = new AtomicInteger();

  /** Answers the n-th call, from 0, with the n-th body. */
  CannedHttp(IntFunction<Body> bodies) {
    this(bodies, (begin, n) -> begin.run());
  }

  /**
   * Answers the n-th call with the n-th body.
   *
   * @param streamCall where the n-th call's headers and stream are handed over
   */
  CannedHttp(IntFunction<Body> bodies, ObjIntConsumer<Runnable> streamCall) {
    this.bodies = bodies;
    this.streamCall = streamCall;
  }

  /** Answers every call with a whole body of these pieces. */
  static CannedHttp always(List<byte[]> pieces) {
    return new CannedHttp(n -> Body.of(pieces));
  }

  int calls() {
    return calls.get();
  }

  /** Returns a real client that calls this, and tries again at once where the SDK would. */
  BedrockRuntimeAsyncClient client() {
    return client(
        DefaultRetryStrategy.standardStrategyBuilder()
            .backoffStrategy(BackoffStrategy.retryImmediately())
            .throttlingBackoffStrategy(BackoffStrategy.retryImmediately())
            .build());
  }

  /** Returns a real client that calls this once. */
  BedrockRuntimeAsyncClient clientThatTriesOnce() {
    return client(DefaultRetryStrategy.doNotRetry());
  }

  private BedrockRuntimeAsyncClient client(RetryStrategy retries) {
    return BedrockRuntimeAsyncClient.builder()
        .httpClient(this)
        .region(Region.US_EAST_1)
        .endpointOverride(URI.create("http://localhost"))
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
        .asyncConfiguration(c -> c.advancedOption(FUTURE_COMPLETION_EXECUTOR, Runnable::run))
        .overrideConfiguration(o -> o.retryStrategy(retries))
        .build();
  }

  @Override
  public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
    int call = calls.getAndIncrement();
    Body body = bodies.apply(call);
    streamCall.accept(() -> begin(request, body, call + 1), call);
    return body.done;
  }

  private static void begin(AsyncExecuteRequest request, Body body, int id) {
    request
        .responseHandler()
        .onHeaders(
            SdkHttpResponse.builder()
                .statusCode(200)
                .statusText("OK")
                .putHeader("Content-Type", "application/vnd.amazon.eventstream")
                .putHeader("x-amzn-RequestId", "id-" + id)
                .build());
    CompletableFuture<Void> unused =
        body.done.whenComplete(
            (nothing, failure) -> {
              if (failure != null) {
                request.responseHandler().onError(failure);
              }
            });
    request.responseHandler().onStream(body);
  }

  @Override
  public void close() {}

  /** A body that comes piece by piece, no more than was asked for. */
  static final class Body implements Publisher<ByteBuffer>, Subscription {
    private static final byte[] END = {};

    final AtomicLong requested = new AtomicLong();
    final CompletableFuture<Void> done = new CompletableFuture<>();
    volatile boolean cancelled;
    private final ConcurrentLinkedQueue<byte[]> pieces = new ConcurrentLinkedQueue<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicInteger wip = new AtomicInteger();
    private volatile @Nullable Subscriber<? super ByteBuffer> subscriber;
    private volatile @Nullable Throwable failure;

    /** A body whose pieces are pushed. */
    static Body open() {
      return new Body();
    }

    /** A body that is there. */
    static Body of(List<byte[]> pieces) {
      Body body = new Body();
      pieces.forEach(body::push);
      body.end();
      return body;
    }

    /** A body that breaks after its pieces. */
    static Body broken(List<byte[]> pieces, Throwable failure) {
      Body body = new Body();
      pieces.forEach(body::push);
      body.fail(failure);
      return body;
    }

    void push(byte[] piece) {
      if (piece.length > 0) {
        pieces.add(piece);
        drain();
      }
    }

    void end() {
      pieces.add(END);
      drain();
    }

    void fail(Throwable why) {
      failure = why;
      end();
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> to) {
      subscriber = to;
      to.onSubscribe(this);
      drain();
    }

    @Override
    public void request(long n) {
      requested.updateAndGet(r -> r + n < 0 ? Long.MAX_VALUE : r + n);
      drain();
    }

    @Override
    public void cancel() {
      cancelled = true;
      done.complete(null);
    }

    private void drain() {
      if (wip.getAndIncrement() != 0) {
        return;
      }
      int seen = 1;
      do {
        Subscriber<? super ByteBuffer> to = subscriber;
        while (to != null && !cancelled && !pieces.isEmpty()) {
          if (pieces.peek() == END) {
            pieces.remove();
            cancelled = true;
            if (failure == null) {
              to.onComplete();
              done.complete(null);
            } else {
              to.onError(failure);
              done.completeExceptionally(failure);
            }
          } else if (sent.get() < requested.get()) {
            sent.incrementAndGet();
            to.onNext(ByteBuffer.wrap(pieces.remove()));
          } else {
            break;
          }
        }
        seen = wip.addAndGet(-seen);
      } while (seen != 0);
    }
  }
}
