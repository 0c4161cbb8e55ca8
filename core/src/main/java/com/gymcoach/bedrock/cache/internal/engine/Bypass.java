package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.awscore.AwsRequest;

/** Calls Bedrock past the cache. */
final class Bypass {
  private Bypass() {}

  /**
   * Bypasses the cache. An only-if-cached call fails instead, unless the cache is in observe mode
   * or switched off: then every call goes to Bedrock.
   */
  static <Q extends AwsRequest, R> CompletionStage<Answer<R>> call(
      Exchange<Q, R> exchange, CacheReason reason) {
    if (!exchange.observed()
        && reason != CacheReason.SWITCHED_OFF
        && CacheControl.of(exchange.request()).directive() == Directive.ONLY_IF_CACHED) {
      return CompletableFuture.completedFuture(
          Answer.notKept(exchange.explain(Outcome.bypass(CacheReason.ONLY_IF_CACHED))));
    }
    CacheOutcome outcome = exchange.explain(Outcome.bypass(reason));
    exchange.origin().goAlone();
    return exchange.origin().call(outcome).thenApply(result -> new Answer<>(result, outcome));
  }
}
