package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.ApiRequest.JSON;
import static com.gymcoach.bedrock.examples.lambda.ApiRequest.require;
import static com.gymcoach.bedrock.examples.lambda.Members.choice;
import static com.gymcoach.bedrock.examples.lambda.Members.filledText;
import static com.gymcoach.bedrock.examples.lambda.Members.flag;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/** Invalidates a user's answers, and replies within the time that the request has left. */
record Invalidations(BedrockCache cache) {
  static final Members MEMBERS =
      Members.of(
          flag("invalidateAll"),
          choice("endpointType", GymCoachCache.TTLS.keySet()),
          filledText("userId", 512)); // characters; a scope takes 1,024 UTF-16 units

  ObjectNode invalidate(ApiRequest in, ObjectNode members) {
    String user = members.path("userId").asText(in.user());
    if (!user.equals(in.user()) && !in.isAdmin()) {
      throw new ApiException(403, "Forbidden", "Only an admin may name another user in userId");
    }
    String endpoint = members.path("endpointType").asText(null);
    require(
        members.path("invalidateAll").asBoolean() == (endpoint == null),
        "Give either invalidateAll or endpointType");
    CacheScope scope = CacheScope.user(user);
    scope = endpoint == null ? scope : scope.endpoint(endpoint);
    long count = invalidate(scope, in.time());
    return JSON.createObjectNode()
        .put("success", true)
        .put("message", count + " entries invalidated")
        .put("invalidatedCount", count)
        .put("userId", user)
        .put("endpointType", endpoint)
        .put("timestamp", Instant.now().toString());
  }

  /**
   * Invalidates a scope on a separate thread. The cache waits up to 5 s for the table. If less time
   * is left, the client is told to try again, and the invalidation continues.
   */
  private long invalidate(CacheScope scope, Duration time) {
    try {
      return CompletableFuture.supplyAsync(() -> cache.invalidate(scope), Invalidations::start)
          .orTimeout(time.toMillis(), TimeUnit.MILLISECONDS)
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof TimeoutException) {
        throw ApiCallTimeoutException.create(time.toMillis());
      } else if (e.getCause() instanceof RuntimeException failed) {
        throw failed;
      }
      throw e;
    }
  }

  private static void start(Runnable invalidation) {
    Thread thread = new Thread(invalidation, "invalidation");
    thread.setDaemon(true);
    thread.start();
  }
}
