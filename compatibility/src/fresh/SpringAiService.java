package org.example;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import java.net.URI;
import org.springframework.ai.bedrock.converse.BedrockChatOptions;
import org.springframework.ai.bedrock.converse.BedrockProxyChatModel;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** A service with Spring AI, without Spring Boot. Asks the same twice. */
public class SpringAiService {
  public static void main(String[] arguments) {
    BedrockRuntimeClient bedrockRuntime =
        BedrockRuntimeClient.builder().endpointOverride(URI.create(arguments[0])).build();
    BedrockCache cache = BedrockCache.builder().build();
    CachingBedrockClient bedrock = CachingBedrockClient.create(bedrockRuntime, cache);
    BedrockProxyChatModel model =
        BedrockProxyChatModel.builder()
            .bedrockRuntimeClient(bedrock.forScope(CacheScope.user("u-1").endpoint("chat")))
            .defaultOptions(BedrockChatOptions.builder().model("amazon.nova-lite-v1:0").build())
            .build();
    for (int call = 1; call <= 2; call++) {
      System.out.println("answer: " + model.call("How do I squat?"));
    }
  }
}
