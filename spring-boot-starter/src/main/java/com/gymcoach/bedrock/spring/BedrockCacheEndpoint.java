package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CacheScope;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.lang.Nullable; // Boot 3 knows only this one, Boot 4 both.
import software.amazon.awssdk.core.exception.SdkClientException;

/** The actuator endpoint {@code bedrockcache}. */
@Endpoint(id = "bedrockcache")
final class BedrockCacheEndpoint {
  private final BedrockCache cache;

  BedrockCacheEndpoint(BedrockCache cache) {
    this.cache = cache;
  }

  /** Returns the settings and the statistics. */
  @ReadOperation
  Map<String, Object> stats() {
    return StatsView.all(cache);
  }

  /**
   * Returns why the recent calls of a user missed or bypassed the cache, at one endpoint or at all;
   * without a user, those for answers at an endpoint that are shared between users. Responds with
   * status 404 to any selector but {@code misses}.
   */
  @ReadOperation
  @Nullable Map<String, Object> misses(
      @Selector String what, @Nullable String user, @Nullable String endpoint) {
    if (!what.equals("misses")) {
      return null;
    }
    return ExplanationsView.of(cache.explanations(scope(user, endpoint)));
  }

  /** Changes the mode, the share of users served, or both; of this process only. */
  @WriteOperation
  Map<String, Object> change(@Nullable CacheMode mode, @Nullable Double rolloutPercent) {
    if (mode == null && rolloutPercent == null) {
      // Not the settings as they are: with a misspelled parameter, that looks like a success.
      throw new InvalidEndpointRequestException(
          "Give mode, rolloutPercent or both", "Neither mode nor rolloutPercent is given");
    }
    if (rolloutPercent != null) {
      try {
        cache.rolloutPercent(rolloutPercent);
      } catch (IllegalArgumentException e) {
        throw refusal(e);
      }
    }
    if (mode != null) {
      cache.mode(mode);
    }
    return StatsView.settings(cache);
  }

  /**
   * Invalidates a user's answers at one endpoint or at all; without a user, the answers at an
   * endpoint that are shared between users. Responds with status 503 if the store does not
   * acknowledge it, because other processes may then serve the answers still.
   */
  @DeleteOperation
  WebEndpointResponse<Map<String, Object>> invalidate(
      @Nullable String user, @Nullable String endpoint) {
    CacheScope scope = scope(user, endpoint);
    try {
      return new WebEndpointResponse<>(Map.of("deleted", cache.invalidate(scope)));
    } catch (SdkClientException e) {
      return new WebEndpointResponse<>(
          Map.of("problem", String.valueOf(e.getMessage()), "action", "Send the request again"),
          WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
    }
  }

  private static CacheScope scope(@Nullable String user, @Nullable String endpoint) {
    if (user == null && endpoint == null) {
      // Not all shared answers: a forgotten parameter must not empty the cache.
      throw new InvalidEndpointRequestException(
          "Name a user, an endpoint or both", "Neither user nor endpoint is given");
    }
    try {
      CacheScope scope = user == null ? CacheScope.shared() : CacheScope.user(user);
      return endpoint == null ? scope : scope.endpoint(endpoint);
    } catch (IllegalArgumentException e) {
      throw refusal(e);
    }
  }

  private static InvalidEndpointRequestException refusal(IllegalArgumentException refused) {
    String message = String.valueOf(refused.getMessage());
    return new InvalidEndpointRequestException(message, message);
  }
}
