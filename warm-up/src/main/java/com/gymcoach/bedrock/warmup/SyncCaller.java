package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.PriceList;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

/** Calls through the sync client, which has no streams. */
record SyncCaller(CachingBedrockClient client) implements BedrockCaller {

  @Override
  public int attempts() {
    return BedrockCaller.attempts(client::serviceClientConfiguration);
  }

  @Override
  public boolean supports(RequestLine line) {
    return line.request() instanceof ConverseRequest
        || line.request() instanceof InvokeModelRequest;
  }

  @Override
  public CacheOutcome lookUp(RequestLine line) {
    return client.forScope(line.scope()).lookUp(line.request());
  }

  @Override
  public Answered ask(RequestLine line, PriceList prices) {
    CachingBedrockClient scoped = client.forScope(line.scope());
    BedrockRuntimeRequest request = line.request();
    BedrockRuntimeResponse response =
        request instanceof ConverseRequest converse
            ? scoped.converse(converse)
            : scoped.invokeModel((InvokeModelRequest) request);
    return Answered.of(CacheOutcome.of(response), prices.usd(request, response));
  }
}
