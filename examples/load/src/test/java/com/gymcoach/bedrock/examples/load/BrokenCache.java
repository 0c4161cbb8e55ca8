package com.gymcoach.bedrock.examples.load;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** A cache as one writes it in an afternoon, and gets wrong: for a control of the checks. */
final class BrokenCache implements BedrockRuntimeClient {
  private final BedrockRuntimeClient delegate;
  private final Function<ConverseRequest, String> key;
  private final Map<String, ConverseResponse> kept = new ConcurrentHashMap<>();

  private BrokenCache(BedrockRuntimeClient delegate, Function<ConverseRequest, String> key) {
    this.delegate = delegate;
    this.key = key;
  }

  /** Tells what is asked, and not who asks. */
  static BedrockRuntimeClient forgetsTheUser(BedrockRuntimeClient delegate) {
    return new BrokenCache(delegate, request -> request.messages().toString());
  }

  /** Tells who asks, and not what. */
  static BedrockRuntimeClient forgetsTheRequest(BedrockRuntimeClient delegate) {
    return new BrokenCache(delegate, BrokenCache::user);
  }

  /** Tells both, and has never heard of invalidations. */
  static BedrockRuntimeClient forgetsNothing(BedrockRuntimeClient delegate) {
    return new BrokenCache(delegate, request -> user(request) + request.messages());
  }

  private static String user(ConverseRequest request) {
    return request
        .overrideConfiguration()
        .map(configuration -> configuration.headers().get(Ask.USER_HEADER))
        .orElseThrow()
        .get(0);
  }

  @Override
  public ConverseResponse converse(ConverseRequest request) {
    String asked = key.apply(request);
    ConverseResponse found = kept.get(asked);
    if (found != null) {
      return found;
    }
    ConverseResponse response = delegate.converse(request);
    kept.put(asked, response);
    return response;
  }

  @Override
  public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
    return delegate.serviceClientConfiguration();
  }

  @Override
  public String serviceName() {
    return delegate.serviceName();
  }

  @Override
  public void close() {
    delegate.close();
  }
}
