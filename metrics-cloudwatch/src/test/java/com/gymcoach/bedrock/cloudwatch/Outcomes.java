package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** Outcomes for events, read from the header with which a response carries its own. */
final class Outcomes {
  private Outcomes() {}

  static CacheOutcome hit(CacheSource source, int age) {
    return of("hit; ttl=3600; age=" + age + "; detail=" + source);
  }

  static CacheOutcome stale(CacheReason why) {
    return of("hit; ttl=-100; age=3700; detail=HOT." + why);
  }

  static CacheOutcome coalesced() {
    return of("fwd=miss; collapsed; detail=ABSENT");
  }

  static CacheOutcome miss(CacheReason why) {
    return of("fwd=miss; detail=" + why);
  }

  /** A miss whose answer was put into memory, into the store, or into both. */
  static CacheOutcome miss(CacheReason why, boolean kept, boolean stored) {
    return of(
        "fwd=miss"
            + (stored ? "; stored" : "")
            + (kept ? "; kept" : "")
            + "; ttl=3600; detail="
            + why);
  }

  static CacheOutcome bypass(CacheReason why) {
    return of("fwd=bypass; detail=" + why);
  }

  private static CacheOutcome of(String parameters) {
    ConverseResponse.Builder response = ConverseResponse.builder();
    response.sdkHttpResponse(
        SdkHttpResponse.builder()
            .statusCode(200)
            .putHeader(CacheOutcome.HEADER, "bedrock-cache; " + parameters)
            .build());
    return CacheOutcome.of(response.build());
  }
}
