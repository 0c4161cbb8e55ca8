package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.OptionalOperation;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensResponse;

/** CountTokens. */
final class CountTokensOperation extends UnbilledByToken<CountTokensRequest, CountTokensResponse> {
  CountTokensOperation() {
    super(OptionalOperation.COUNT_TOKENS);
  }

  @Override
  public String name() {
    return "CountTokens";
  }

  @Override
  public int codecId() {
    return 5;
  }

  @Override
  public String modelId(CountTokensRequest request) {
    return request.modelId() == null ? "" : request.modelId();
  }

  @Override
  public @Nullable CacheReason refusal(CountTokensRequest request, OptIns optIns) {
    return ModelReferences.refusal(modelId(request), null, null, optIns);
  }

  @Override
  boolean isComplete(CountTokensResponse response) {
    return response.inputTokens() != null;
  }

  @Override
  AwsResponse.Builder builder() {
    return CountTokensResponse.builder();
  }
}
