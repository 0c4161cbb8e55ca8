package com.gymcoach.bedrock.cache.internal.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsResponse;

/**
 * One caller's call to Bedrock. It is made once at most, however often it is asked for: what fails
 * in the cache afterwards must not cost a second call. Used by one call.
 */
public final class Origin<R extends AwsResponse> {
  private final Supplier<CompletionStage<R>> client;
  private @Nullable CompletionStage<Result<R>> made;

  /**
   * Returns the call that will be made by asking the client.
   *
   * @param client may throw, as a sync client does, or return a stage that fails
   */
  public Origin(Supplier<CompletionStage<R>> client) {
    this.client = client;
  }

  /** Makes the call, or returns the one made. */
  CompletionStage<Result<R>> call() {
    CompletionStage<Result<R>> call = made;
    if (call == null) {
      call = make();
      made = call;
    }
    return call;
  }

  private CompletionStage<Result<R>> make() {
    try {
      return client.get().handle((response, failure) -> new Result<>(response, failure));
    } catch (Throwable failure) {
      return CompletableFuture.completedFuture(Result.failed(failure));
    }
  }
}
