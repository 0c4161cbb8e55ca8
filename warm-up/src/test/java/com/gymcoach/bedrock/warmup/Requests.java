package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.cache.CacheScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** Requests as a service makes them, and files of them. */
final class Requests {
  static final String NOVA = "amazon.nova-lite-v1:0";
  static final String CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0";
  static final CacheScope SHARED = CacheScope.shared().endpoint("chat");

  private Requests() {}

  static Message user(String text) {
    return Message.builder().role("user").content(ContentBlock.fromText(text)).build();
  }

  static ConverseRequest converse(String question) {
    return ConverseRequest.builder()
        .modelId(NOVA)
        .messages(user(question))
        .inferenceConfig(i -> i.maxTokens(1_000).temperature(0.2f))
        .build();
  }

  static ConverseStreamRequest converseStream(String question) {
    return ConverseStreamRequest.builder()
        .modelId(NOVA)
        .messages(user(question))
        .inferenceConfig(i -> i.maxTokens(1_000).temperature(0.2f))
        .build();
  }

  private static SdkBytes body(String question) {
    return SdkBytes.fromUtf8String(
        "{\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":1000,\"messages\":"
            + "[{\"role\":\"user\",\"content\":\""
            + question
            + "\"}]}");
  }

  static InvokeModelRequest invoke(String question) {
    return InvokeModelRequest.builder()
        .modelId(CLAUDE)
        .contentType("application/json")
        .body(body(question))
        .build();
  }

  static InvokeModelWithResponseStreamRequest invokeStream(String question) {
    return InvokeModelWithResponseStreamRequest.builder()
        .modelId(CLAUDE)
        .body(body(question))
        .build();
  }

  static String line(BedrockRuntimeRequest request) {
    return new RequestLine(SHARED, request).write();
  }

  static Path file(Path folder, String... lines) throws IOException {
    return file(folder, Arrays.asList(lines));
  }

  static Path file(Path folder, List<String> lines) throws IOException {
    return Files.write(folder.resolve("requests.jsonl"), lines);
  }

  /** Writes a file of Converse requests: "question 1" on line 1, and so on. */
  static Path questions(Path folder, int count) throws IOException {
    return file(
        folder,
        IntStream.rangeClosed(1, count).mapToObj(i -> line(converse("question " + i))).toList());
  }
}
