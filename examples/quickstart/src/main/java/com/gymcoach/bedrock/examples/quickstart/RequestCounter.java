package com.gymcoach.bedrock.examples.quickstart;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.SdkHttpRequest;

/** Counts the requests that a service answered, by operation. It can also cut the connection. */
final class RequestCounter implements ExecutionInterceptor {
  private static final int CLOSED_PORT = 1;

  private final Map<String, Integer> answered = new ConcurrentHashMap<>();
  private volatile boolean cut;

  int all() {
    return answered.values().stream().mapToInt(Integer::intValue).sum();
  }

  int of(String operation) {
    return answered.getOrDefault(operation, 0);
  }

  /** Sends later requests to a closed port, or to the service again. */
  void cut(boolean on) {
    cut = on;
  }

  @Override
  public SdkHttpRequest modifyHttpRequest(
      Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
    SdkHttpRequest request = context.httpRequest();
    return cut
        ? request.toBuilder().protocol("http").host("127.0.0.1").port(CLOSED_PORT).build()
        : request;
  }

  @Override
  public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
    answered.merge(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME), 1, Integer::sum);
  }
}
