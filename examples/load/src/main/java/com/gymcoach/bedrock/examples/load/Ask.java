package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.cache.CacheScope;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/**
 * A request: user, endpoint, prompt and operation. All users send the same prompts. The user is
 * only in a header that the cache is configured to ignore, so that only the scope keeps their
 * answers apart.
 *
 * @param length the least length of the prompt, in characters
 */
record Ask(String user, String endpoint, int prompt, Operation operation, int length) {
  static final String MODEL = "anthropic.claude-3-5-haiku-20241022-v1:0";

  /** Prompts are long and differ only in a number, like prompts made from a template. */
  private static final String TEXT =
      """
      You are a coach who knows training, food and rest. Answer in plain words, in at most three
      paragraphs, name weights in kilograms and times in minutes, and say when to see a doctor. The
      question is number %d of those about %s: what should I do next week, given what I did in the
      last one, and what should I eat on the days between?""";

  /** Makes a prompt longer. */
  private static final String DIARY =
      " On Monday I ran 5 km in 31 minutes, slept for seven hours and ate 2,100 kcal.";

  /** Returns the scope of the answer. */
  CacheScope scope() {
    return CacheScope.user(user).endpoint(endpoint);
  }

  /** Returns the digest that the answer must contain. */
  String digest() {
    return Stamp.requestDigest(operation.awsName(), MODEL, text());
  }

  ConverseRequest converse() {
    return ConverseRequest.builder()
        .modelId(MODEL)
        .messages(message())
        .overrideConfiguration(this::configure)
        .build();
  }

  ConverseStreamRequest converseStream() {
    return ConverseStreamRequest.builder()
        .modelId(MODEL)
        .messages(message())
        .overrideConfiguration(this::configure)
        .build();
  }

  InvokeModelRequest invokeModel() {
    return InvokeModelRequest.builder()
        .modelId(MODEL)
        .body(body())
        .overrideConfiguration(this::configure)
        .build();
  }

  InvokeModelWithResponseStreamRequest invokeModelStream() {
    return InvokeModelWithResponseStreamRequest.builder()
        .modelId(MODEL)
        .body(body())
        .overrideConfiguration(this::configure)
        .build();
  }

  private SdkBytes body() {
    return SdkBytes.fromUtf8String(
        """
        {"anthropic_version":"bedrock-2023-05-31","max_tokens":1000,\
        "messages":[{"role":"user","content":[{"type":"text","text":"%s"}]}]}"""
            .formatted(Texts.quoted(text())));
  }

  private Message message() {
    return Message.builder()
        .role(ConversationRole.USER)
        .content(ContentBlock.fromText(text()))
        .build();
  }

  private String text() {
    String text = TEXT.formatted(prompt, endpoint);
    int missing = length - text.length();
    return missing <= 0 ? text : text + DIARY.repeat(1 + missing / DIARY.length());
  }

  private void configure(AwsRequestOverrideConfiguration.Builder configuration) {
    configuration.putHeader(Stamp.USER_HEADER, user);
    scope().applyTo(configuration);
  }
}
