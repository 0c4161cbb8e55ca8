package org.example;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import dev.langchain4j.model.bedrock.BedrockChatModel;
import dev.langchain4j.model.chat.ChatModel;
import java.net.URI;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** A service with LangChain4j. Asks the same twice. */
public class LangChain4jService {
  public static void main(String[] arguments) {
    BedrockRuntimeClient bedrockRuntime =
        BedrockRuntimeClient.builder().endpointOverride(URI.create(arguments[0])).build();
    BedrockCache cache = BedrockCache.builder().build();
    CachingBedrockClient bedrock = CachingBedrockClient.create(bedrockRuntime, cache);
    ChatModel model =
        BedrockChatModel.builder()
            .client(bedrock.forScope(CacheScope.user("u-1").endpoint("chat")))
            .modelId("amazon.nova-lite-v1:0")
            .build();
    for (int call = 1; call <= 2; call++) {
      System.out.println("answer: " + model.chat("How do I squat?"));
    }
  }
}
