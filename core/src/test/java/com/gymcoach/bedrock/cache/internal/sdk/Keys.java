package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

/** Short ways to keys, for tests. */
final class Keys {
  static final CacheScope ANN = CacheScope.user("ann").endpoint("chat");
  static final String MODEL = "anthropic.claude-3-haiku-20240307-v1:0";

  private Keys() {}

  static KeyInput material(CacheScope scope, SdkRequest request) {
    String operation = request instanceof ConverseRequest ? "Converse" : "InvokeModel";
    return new KeyInput(operation, "eu-west-1 default", "main", scope, MODEL, request);
  }

  static RequestKey key(SdkRequest request) {
    return RequestKeys.key(material(ANN, request));
  }

  static Digest digest(SdkRequest request) {
    return key(request).digest();
  }

  static InvokeModelRequest invoke(byte[] body) {
    return InvokeModelRequest.builder()
        .modelId(MODEL)
        .body(SdkBytes.fromByteArrayUnsafe(body))
        .build();
  }

  static InvokeModelRequest invoke(String body) {
    return invoke(body.getBytes(UTF_8));
  }
}
