package com.gymcoach.bedrock.cache;

import java.util.function.Function;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** A caching client, sync or async, as a test sees it. */
interface Caller {
  Caller forScope(CacheScope scope);

  Caller scopedBy(Function<? super BedrockRuntimeRequest, CacheScope> scopes);

  long invalidate(ConverseRequest request);

  void close();

  /** Throws what the call failed with. */
  ConverseResponse converse(ConverseRequest request);
}
