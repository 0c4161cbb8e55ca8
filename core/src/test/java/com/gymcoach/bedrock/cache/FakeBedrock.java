package com.gymcoach.bedrock.cache;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** A Bedrock that answers at once, counts its calls and numbers its answers. */
public final class FakeBedrock implements BedrockRuntimeClient {
  public final AtomicInteger calls = new AtomicInteger();
  public final AtomicInteger closes = new AtomicInteger();
  public volatile Function<ConverseRequest, ConverseResponse> answer =
      request -> reply("answer " + calls.get(), StopReason.END_TURN);

  public static ConverseResponse reply(String text, StopReason stopReason) {
    return (ConverseResponse)
        ConverseResponse.builder()
            .output(o -> o.message(m -> m.role("assistant").content(ContentBlock.fromText(text))))
            .stopReason(stopReason)
            .usage(u -> u.inputTokens(12).outputTokens(34).totalTokens(46))
            .sdkHttpResponse(
                SdkHttpResponse.builder()
                    .statusCode(200)
                    .statusText("OK")
                    .putHeader("x-amzn-RequestId", "id-1")
                    .build())
            .build();
  }

  public static ConverseRequest ask(String text) {
    Message message = Message.builder().role("user").content(ContentBlock.fromText(text)).build();
    return ConverseRequest.builder().modelId("amazon.nova-micro-v1:0").messages(message).build();
  }

  public static AwsServiceException throttled() {
    return AwsServiceException.builder().message("Too many requests").statusCode(429).build();
  }

  @Override
  public ConverseResponse converse(ConverseRequest request) {
    calls.incrementAndGet();
    return answer.apply(request);
  }

  @Override
  public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
    BedrockRuntimeServiceClientConfiguration.Builder builder =
        BedrockRuntimeServiceClientConfiguration.builder();
    builder.region(Region.US_EAST_1);
    return builder.build();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {
    closes.incrementAndGet();
  }
}
