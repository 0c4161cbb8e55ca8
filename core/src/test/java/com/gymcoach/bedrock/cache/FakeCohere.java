package com.gymcoach.bedrock.cache;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/**
 * A Bedrock with Cohere's embedding models, in the forms of recorded answers. A vector depends on
 * its text, the input type and its own type. Counts a token for each letter.
 */
final class FakeCohere implements BedrockRuntimeClient {
  static final String MODEL = "cohere.embed-multilingual-v3";

  private static final JsonFactory JSON = new JsonFactory();

  /** The requests as they came, and their texts. */
  final List<InvokeModelRequest> requests = new CopyOnWriteArrayList<>();

  final List<List<String>> asked = new CopyOnWriteArrayList<>();

  /** Its answers; changed by tests in which Bedrock does something else. */
  volatile Function<InvokeModelRequest, InvokeModelResponse> answer = this::embedded;

  /** The future that the async client returns. */
  volatile Function<InvokeModelRequest, CompletableFuture<InvokeModelResponse>> later =
      request -> CompletableFuture.completedFuture(answer.apply(request));

  /** Returns a request as LangChain4j and others write it. */
  static InvokeModelRequest ask(String... texts) {
    return ask(List.of(texts));
  }

  static InvokeModelRequest ask(List<String> texts) {
    return request("{\"texts\": " + json(texts) + ", \"input_type\": \"search_document\"}");
  }

  static InvokeModelRequest request(String body) {
    return InvokeModelRequest.builder().modelId(MODEL).body(SdkBytes.fromUtf8String(body)).build();
  }

  static String json(List<String> texts) {
    return texts.stream().map(FakeCohere::quoted).collect(Collectors.joining(",", "[", "]"));
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  /** Returns the vector of a text, byte for byte: numbers in spellings that no parser keeps. */
  static String vector(String text) {
    return vector(text, "search_document", "");
  }

  static String vector(String text, String inputType, String type) {
    int hash = (text + "|" + inputType + "|" + type).hashCode();
    return "[-0.%d0,-1.8572807E-4,1.0,%de-3]".formatted(hash & 0xffff, hash >>> 16);
  }

  /** The parts of a request that count. */
  private record Asked(List<String> texts, String inputType, List<String> types) {
    static Asked of(InvokeModelRequest request) {
      List<String> texts = new ArrayList<>();
      List<String> types = new ArrayList<>();
      String inputType = "";
      try (JsonParser in = JSON.createParser(request.body().asByteArray())) {
        String list = "";
        for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
          if (token == JsonToken.START_ARRAY) {
            list = in.currentName();
          } else if (token == JsonToken.END_ARRAY) {
            list = "";
          } else if (token == JsonToken.VALUE_STRING) {
            if ("texts".equals(list)) {
              texts.add(in.getText());
            } else if ("embedding_types".equals(list)) {
              types.add(in.getText());
            } else if ("input_type".equals(in.currentName())) {
              inputType = in.getText();
            }
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new Asked(texts, inputType, types);
    }
  }

  /** Answers as Bedrock does. */
  InvokeModelResponse embedded(InvokeModelRequest request) {
    Asked read = Asked.of(request);
    String embeddings =
        read.types().isEmpty()
            ? vectors(read, "")
            : read.types().stream()
                .map(type -> "\"" + type + "\":" + vectors(read, type))
                .collect(Collectors.joining(",", "{", "}"));
    int tokens = read.texts().stream().mapToInt(String::length).sum();
    return reply(
        "{\"embeddings\":%s,\"id\":\"call-%d\",\"response_type\":\"%s\",\"texts\":%s}"
            .formatted(
                embeddings,
                requests.size(),
                read.types().isEmpty() ? "embeddings_floats" : "embeddings_by_type",
                json(read.texts())),
        tokens);
  }

  private static String vectors(Asked read, String type) {
    return read.texts().stream()
        .map(text -> vector(text, read.inputType(), type))
        .collect(Collectors.joining(",", "[", "]"));
  }

  static InvokeModelResponse reply(String body, int tokens) {
    return (InvokeModelResponse)
        InvokeModelResponse.builder()
            .body(SdkBytes.fromUtf8String(body))
            .contentType("application/json")
            .sdkHttpResponse(
                SdkHttpResponse.builder()
                    .statusCode(200)
                    .statusText("OK")
                    .putHeader("Content-Type", "application/json")
                    .putHeader("Date", "Mon, 30 Nov 2026 12:00:00 GMT")
                    .putHeader("x-amzn-RequestId", "id-1")
                    .putHeader("X-Amzn-Bedrock-Input-Token-Count", Integer.toString(tokens))
                    .build())
            .build();
  }

  private void note(InvokeModelRequest request) {
    requests.add(request);
    asked.add(Asked.of(request).texts());
  }

  @Override
  public InvokeModelResponse invokeModel(InvokeModelRequest request) {
    note(request);
    return answer.apply(request);
  }

  /** The same Bedrock for async clients. */
  BedrockRuntimeAsyncClient async() {
    return new Async(this);
  }

  private record Async(FakeCohere cohere) implements BedrockRuntimeAsyncClient {
    @Override
    public CompletableFuture<InvokeModelResponse> invokeModel(InvokeModelRequest request) {
      cohere.note(request);
      try {
        return cohere.later.apply(request);
      } catch (Throwable failure) {
        return CompletableFuture.failedFuture(failure);
      }
    }

    @Override
    public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
      return cohere.serviceClientConfiguration();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
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
  public void close() {}
}
