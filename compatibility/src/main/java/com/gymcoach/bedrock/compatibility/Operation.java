package com.gymcoach.bedrock.compatibility;

import com.gymcoach.bedrock.cache.CacheOutcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** The operations that are cached, by either client, each asked a question. */
enum Operation {
  CONVERSE {
    @Override
    Answer ask(
        Clients clients, String question, @Nullable AwsRequestOverrideConfiguration overrides) {
      return Answer.of(clients.sync().converse(converse(question, overrides)));
    }
  },
  INVOKE_MODEL {
    @Override
    Answer ask(
        Clients clients, String question, @Nullable AwsRequestOverrideConfiguration overrides) {
      return Answer.of(clients.sync().invokeModel(invoke(question, overrides)));
    }
  },
  ASYNC_CONVERSE {
    @Override
    Answer ask(
        Clients clients, String question, @Nullable AwsRequestOverrideConfiguration overrides) {
      return Answer.of(ended(clients.async().converse(converse(question, overrides))));
    }
  },
  ASYNC_INVOKE_MODEL {
    @Override
    Answer ask(
        Clients clients, String question, @Nullable AwsRequestOverrideConfiguration overrides) {
      return Answer.of(ended(clients.async().invokeModel(invoke(question, overrides))));
    }
  },
  CONVERSE_STREAM {
    @Override
    Answer ask(
        Clients clients, String question, @Nullable AwsRequestOverrideConfiguration overrides) {
      ConverseRequest same = converse(question, overrides);
      ConverseStreamRequest request =
          ConverseStreamRequest.builder()
              .modelId(same.modelId())
              .messages(same.messages())
              .overrideConfiguration(overrides)
              .build();
      AtomicReference<AwsResponse> response = new AtomicReference<>();
      List<Object> events = new ArrayList<>();
      ConverseStreamResponseHandler handler =
          ConverseStreamResponseHandler.builder()
              .onResponse(response::set)
              .subscriber(events::add)
              .build();
      ended(clients.async().converseStream(request, handler));
      return new Answer(
          CacheOutcome.of(Objects.requireNonNull(response.get())), List.copyOf(events));
    }
  },
  INVOKE_MODEL_STREAM {
    @Override
    Answer ask(
        Clients clients, String question, @Nullable AwsRequestOverrideConfiguration overrides) {
      InvokeModelRequest same = invoke(question, overrides);
      InvokeModelWithResponseStreamRequest request =
          InvokeModelWithResponseStreamRequest.builder()
              .modelId(same.modelId())
              .body(same.body())
              .overrideConfiguration(overrides)
              .build();
      AtomicReference<AwsResponse> response = new AtomicReference<>();
      List<Object> events = new ArrayList<>();
      InvokeModelWithResponseStreamResponseHandler handler =
          InvokeModelWithResponseStreamResponseHandler.builder()
              .onResponse(response::set)
              .subscriber(events::add)
              .build();
      ended(clients.async().invokeModelWithResponseStream(request, handler));
      return new Answer(
          CacheOutcome.of(Objects.requireNonNull(response.get())), List.copyOf(events));
    }
  };

  private static final String MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
  private static final long MAX_DURATION = 60; // seconds

  /** A pair of clients, bare or caching. */
  record Clients(BedrockRuntimeClient sync, BedrockRuntimeAsyncClient async) {}

  /**
   * An answer.
   *
   * @param outcome how the cache answered it
   * @param content the parts that a caller reads; compared by equality
   */
  record Answer(CacheOutcome outcome, Object content) {
    private static Answer of(ConverseResponse response) {
      return new Answer(
          CacheOutcome.of(response),
          List.of(response.output(), response.stopReasonAsString(), response.usage()));
    }

    private static Answer of(InvokeModelResponse response) {
      return new Answer(CacheOutcome.of(response), response.body());
    }
  }

  /** Returns the answer to a question, asked through one of the clients. */
  abstract Answer ask(
      Clients clients, String question, @Nullable AwsRequestOverrideConfiguration overrides);

  private static <T> T ended(CompletableFuture<T> future) {
    return future.orTimeout(MAX_DURATION, TimeUnit.SECONDS).join();
  }

  private static ConverseRequest converse(
      String question, @Nullable AwsRequestOverrideConfiguration overrides) {
    return ConverseRequest.builder()
        .modelId(MODEL)
        .messages(
            Message.builder()
                .role(ConversationRole.USER)
                .content(ContentBlock.fromText(question))
                .build())
        .overrideConfiguration(overrides)
        .build();
  }

  private static InvokeModelRequest invoke(
      String question, @Nullable AwsRequestOverrideConfiguration overrides) {
    String body =
        "{\"max_tokens\":500,\"messages\":[{\"role\":\"user\",\"content\":\"" + question + "\"}]}";
    return InvokeModelRequest.builder()
        .modelId(MODEL)
        .body(SdkBytes.fromByteArray(body.getBytes(StandardCharsets.UTF_8)))
        .overrideConfiguration(overrides)
        .build();
  }
}
