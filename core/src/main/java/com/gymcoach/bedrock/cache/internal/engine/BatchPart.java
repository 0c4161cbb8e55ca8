package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.call.BedrockCall;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * One text of a batch, loaded as a request for this text alone would be. Its call to Bedrock is
 * only noted: {@link BatchLoader} makes one for all texts, and gives each its part of the answer.
 * Used by one thread at a time.
 */
final class BatchPart<Q extends AwsRequest, R> implements BedrockCall<R> {
  private final int text;
  private final CallerRequest<Q, R> request;
  private final Plan.Lookup plan;
  private final CompletableFuture<R> answer = new CompletableFuture<>();
  private @Nullable Fence fence;
  private @Nullable Exchange<Q, R> exchange;
  private @Nullable CacheOutcome asked;
  private CompletableFuture<Loaded<R>> loading = new CompletableFuture<>();

  /** Completes when the part is loaded or its call has been noted. */
  private final CompletableFuture<@Nullable Void> settled = new CompletableFuture<>();

  /**
   * Creates a part.
   *
   * @param text the first place of the text in the batch
   */
  BatchPart(int text, CallerRequest<Q, R> request, Plan.Lookup plan) {
    this.text = text;
    this.request = request;
    this.plan = plan;
  }

  int text() {
    return text;
  }

  Plan.Lookup plan() {
    return plan;
  }

  Fence fence() {
    return Objects.requireNonNull(fence);
  }

  void under(Fence standing) {
    fence = standing;
  }

  /** Creates this part's exchange, which shares the record of the whole call. */
  void enter(Exchange<Q, R> whole) {
    Exchange<Q, R> own = new Exchange<>(request, whole.log(), plan, whole.rollout());
    own.leavesMemory(new OnceOnlyCall<>(this), whole.waiting());
    own.explainedWith(whole);
    exchange = own;
  }

  Exchange<Q, R> exchange() {
    return Objects.requireNonNull(exchange);
  }

  /**
   * Begins to load the part. The stage completes when it is loaded, or its call has been noted: if
   * memory has lost its answer since the store was read for the others, only after another read.
   */
  CompletionStage<?> load(Loader loader, Fences fences) {
    Lookahead ahead = exchange().lookahead();
    Fence under = ahead == null ? fence() : fences.inForce(fence(), ahead.reading());
    loading = loader.load(exchange(), under).toCompletableFuture();
    CompletableFuture<?> unused = loading.whenComplete((loaded, broken) -> settled.complete(null));
    return settled;
  }

  /** Gives the part its answer, or the failure of the call. */
  CompletionStage<Loaded<R>> end(@Nullable R response, @Nullable Throwable failure) {
    if (response != null) {
      answer.complete(response);
    } else {
      answer.completeExceptionally(Objects.requireNonNull(failure));
    }
    return loading;
  }

  CompletionStage<Loaded<R>> loading() {
    return loading;
  }

  /** Returns how the part was loaded. It must be: this does not wait for it. */
  Loaded<R> loaded() {
    if (!loading.isDone()) {
      throw new IllegalStateException("The part is not loaded");
    }
    return loading.join();
  }

  /** Returns why Bedrock must be asked for this text, or null if it need not be. */
  @Nullable CacheOutcome asked() {
    return asked;
  }

  @Override
  public CompletionStage<R> begin(CacheOutcome outcome) {
    asked = outcome;
    settled.complete(null);
    return answer;
  }

  /** The batch asks for stale texts together with the new ones. */
  @Override
  public boolean isRepeatable() {
    return false;
  }
}
