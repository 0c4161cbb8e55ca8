package com.gymcoach.bedrock.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** Bedrock in this JVM: the same complete answer every time, at once or after a fixed time. */
final class InstantBedrock implements BedrockRuntimeClient {
  /** About what the median of real answers has. */
  private static final int ANSWER_CHARS = 1_800;

  private final InvokeModelResponse invoked;
  private final ConverseResponse conversed;
  private final LongAdder calls = new LongAdder();
  private final long takesNanos;

  @SuppressWarnings("UnusedVariable") // written so that building requests cannot be optimised away
  private @Nullable BedrockRuntimeRequest last;

  /** A Bedrock that answers at once. */
  InstantBedrock() {
    this(0);
  }

  InstantBedrock(long takesMillis) {
    this(takesMillis, Prompts.text(ANSWER_CHARS));
  }

  private InstantBedrock(long takesMillis, String text) {
    this.invoked = invokeModelAnswer(text);
    this.conversed = converseAnswer(text);
    this.takesNanos = TimeUnit.MILLISECONDS.toNanos(takesMillis);
  }

  /** Returns a Bedrock whose answer is stored in as many bytes as a real one. */
  static InstantBedrock withRealAnswer() {
    return new InstantBedrock(0, AnswerText.of(ANSWER_CHARS));
  }

  /** Returns a complete answer of InvokeModel with that many characters of text. */
  static InvokeModelResponse invokeModelAnswer(int chars) {
    return invokeModelAnswer(Prompts.text(chars));
  }

  private static InvokeModelResponse invokeModelAnswer(String text) {
    String json =
        """
        {"model":"claude-3-5-haiku-20241022","id":"msg_bdrk_01","type":"message",\
        "role":"assistant","content":[{"type":"text","text":"%s"}],"stop_reason":"end_turn",\
        "stop_sequence":null,"usage":{"input_tokens":212,"output_tokens":388}}"""
            .formatted(text.replace("\n", "\\n"));
    InvokeModelResponse.Builder builder =
        InvokeModelResponse.builder()
            .body(SdkBytes.fromByteArrayUnsafe(json.getBytes(StandardCharsets.UTF_8)))
            .contentType("application/json");
    builder.sdkHttpResponse(http());
    return builder.build();
  }

  /** Returns a complete answer of Converse with that many characters of text. */
  static ConverseResponse converseAnswer(int chars) {
    return converseAnswer(Prompts.text(chars));
  }

  private static ConverseResponse converseAnswer(String text) {
    ConverseResponse.Builder builder =
        ConverseResponse.builder()
            .output(o -> o.message(m -> m.role("assistant").content(ContentBlock.fromText(text))))
            .stopReason(StopReason.END_TURN)
            .usage(u -> u.inputTokens(212).outputTokens(388).totalTokens(600))
            .metrics(m -> m.latencyMs(1_200L));
    builder.sdkHttpResponse(http());
    return builder.build();
  }

  private static SdkHttpResponse http() {
    return SdkHttpResponse.builder()
        .statusCode(200)
        .statusText("OK")
        .putHeader("Content-Type", "application/json")
        .putHeader("x-amzn-RequestId", "5a7e2d5c-8f60-4a63-9d5c-1b2f9f0a3c11")
        .putHeader("X-Amzn-Bedrock-Input-Token-Count", "212")
        .putHeader("X-Amzn-Bedrock-Output-Token-Count", "388")
        .build();
  }

  /** Returns how often it was called. */
  long calls() {
    return calls.sum();
  }

  @Override
  public InvokeModelResponse invokeModel(InvokeModelRequest request) {
    answer(request);
    return invoked;
  }

  @Override
  public ConverseResponse converse(ConverseRequest request) {
    answer(request);
    return conversed;
  }

  private void answer(BedrockRuntimeRequest request) {
    last = request;
    calls.increment();
    if (takesNanos == 0) {
      return;
    }
    long until = System.nanoTime() + takesNanos;
    for (long left = takesNanos; left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
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
    return Objects.requireNonNull(SERVICE_NAME);
  }

  @Override
  public void close() {}
}
