package com.gymcoach.bedrock.cache;

import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** A caching client, sync or async, as a test sees it. */
interface Asker {
  Asker forScope(CacheScope scope);

  long invalidate(ConverseRequest request);

  /** Throws what the call failed with. */
  ConverseResponse converse(ConverseRequest request);
}
