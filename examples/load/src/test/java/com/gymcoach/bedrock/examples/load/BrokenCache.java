package com.gymcoach.bedrock.examples.load;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** A cache as one writes it in an afternoon, and gets wrong: for a control of the checks. */
final class BrokenCache implements BedrockRuntimeClient {
  private final BedrockRuntimeClient delegate;
  private final BiFunction<String, String, String> key;
  private final Map<String, ConverseResponse> conversed = new ConcurrentHashMap<>();
  private final Map<String, InvokeModelResponse> invoked = new ConcurrentHashMap<>();

  /** Keys contain the user and the question. */
  private BrokenCache(BedrockRuntimeClient delegate, BiFunction<String, String, String> key) {
    this.delegate = delegate;
    this.key = key;
  }

  /** Contains the question, and not the user. */
  static BedrockRuntimeClient forgetsTheUser(BedrockRuntimeClient delegate) {
    return new BrokenCache(delegate, (user, asked) -> asked);
  }

  /** Contains the user, and not the question. */
  static BedrockRuntimeClient forgetsTheRequest(BedrockRuntimeClient delegate) {
    return new BrokenCache(delegate, (user, asked) -> user);
  }

  /** Tells both, and has never heard of invalidations. */
  static BedrockRuntimeClient forgetsNothing(BedrockRuntimeClient delegate) {
    return new BrokenCache(delegate, String::concat);
  }

  private String key(BedrockRuntimeRequest request, String asked) {
    String user =
        request
            .overrideConfiguration()
            .map(configuration -> configuration.headers().get(Stamp.USER_HEADER))
            .orElseThrow()
            .get(0);
    return key.apply(user, asked);
  }

  @Override
  public ConverseResponse converse(ConverseRequest request) {
    String asked = key(request, request.messages().toString());
    return kept(conversed, asked, () -> delegate.converse(request));
  }

  @Override
  public InvokeModelResponse invokeModel(InvokeModelRequest request) {
    String asked = key(request, request.body().asUtf8String());
    return kept(invoked, asked, () -> delegate.invokeModel(request));
  }

  private static <R> R kept(Map<String, R> answers, String asked, Supplier<R> bedrock) {
    R found = answers.get(asked);
    if (found == null) {
      found = bedrock.get();
      answers.put(asked, found);
    }
    return found;
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
