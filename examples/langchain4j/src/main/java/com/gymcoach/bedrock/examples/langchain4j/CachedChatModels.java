package com.gymcoach.bedrock.examples.langchain4j;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import dev.langchain4j.model.bedrock.BedrockChatModel;
import dev.langchain4j.model.chat.ChatModel;
import java.util.function.Supplier;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * LangChain4j chat models whose answers are cached, for each user apart.
 *
 * <p>LangChain4j puts nothing about the user into the requests that it builds, so the user comes
 * from outside: from the service's own request scope, or with a model for each user. Either way no
 * answer reaches another user.
 *
 * <p>Thread-safe.
 */
public final class CachedChatModels {
  private final CachingBedrockClient bedrock;
  private final String modelId;

  /** Makes models that call Bedrock through this client. */
  public CachedChatModels(CachingBedrockClient bedrock, String modelId) {
    this.bedrock = bedrock;
    this.modelId = modelId;
  }

  /**
   * Returns one model for all users, such as a singleton bean.
   *
   * @param endpoint the service's name for the use, such as {@code chat}
   * @param currentUser says whose request is being served, as the service's web framework knows it.
   *     Asked at each call, on the thread that calls the model. Where it throws, the call is not
   *     cached.
   */
  public ChatModel forCurrentUser(String endpoint, Supplier<String> currentUser) {
    return model(
        bedrock.scopedBy(request -> CacheScope.user(currentUser.get()).endpoint(endpoint)));
  }

  /**
   * Returns a model for one user. Cheap: make one for a request, where the user is at hand.
   *
   * @param endpoint the service's name for the use, such as {@code chat}
   * @param userId whose answers these are
   */
  public ChatModel forUser(String endpoint, String userId) {
    return model(bedrock.forScope(CacheScope.user(userId).endpoint(endpoint)));
  }

  private ChatModel model(BedrockRuntimeClient client) {
    return BedrockChatModel.builder().client(client).modelId(modelId).build();
  }
}
