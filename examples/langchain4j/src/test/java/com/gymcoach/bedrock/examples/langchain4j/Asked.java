package com.gymcoach.bedrock.examples.langchain4j;

import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** The questions, the client and the policy that the tests of all models share. */
final class Asked {
  /** The endpoint at which answers that ask for a tool are kept. */
  static final String TOOLS = "workout-plan";

  private Asked() {}

  /** Returns the SDK's own sync client for a stand-in. */
  static BedrockRuntimeClient client(BedrockStandIn standIn) {
    return BedrockRuntimeClient.builder()
        .endpointOverride(standIn.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .build();
  }

  static ChatRequest question() {
    return ChatRequest.builder().messages(UserMessage.from("How do I squat?")).build();
  }

  static ChatRequest questionWithTool() {
    return ChatRequest.builder()
        .messages(UserMessage.from("What did I squat last?"))
        .toolSpecifications(
            ToolSpecification.builder()
                .name("lastWeight")
                .description("The weight last lifted in an exercise")
                .parameters(
                    JsonObjectSchema.builder()
                        .addStringProperty("exercise")
                        .required("exercise")
                        .build())
                .build())
        .build();
  }

  /** Its tools only read: running one again does no harm. */
  static final class ToolAnswersOfOneEndpoint implements CachePolicy {
    @Override
    public boolean cacheToolUse(CallContext call) {
      return call.endpoint().equals(TOOLS);
    }
  }
}
