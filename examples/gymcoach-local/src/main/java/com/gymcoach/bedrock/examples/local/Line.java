package com.gymcoach.bedrock.examples.local;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;

/** The connection to a service that we cannot stop. It can be cut on our side. */
final class Line implements ExecutionInterceptor {
  private static final int CLOSED_PORT = 1;

  private volatile boolean cut;

  /** Sends later requests to a closed port, or to the service again. */
  void cut(boolean on) {
    cut = on;
  }

  boolean isCut() {
    return cut;
  }

  @Override
  public SdkHttpRequest modifyHttpRequest(
      Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
    SdkHttpRequest request = context.httpRequest();
    return cut
        ? request.toBuilder().protocol("http").host("127.0.0.1").port(CLOSED_PORT).build()
        : request;
  }
}
