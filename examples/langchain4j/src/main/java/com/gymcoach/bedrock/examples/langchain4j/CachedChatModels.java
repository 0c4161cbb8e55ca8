package com.gymcoach.bedrock.examples.langchain4j;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import dev.langchain4j.model.bedrock.BedrockChatModel;
import dev.langchain4j.model.chat.ChatModel;
import java.util.function.Supplier;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * LangChain4j chat models whose answers are cached per user.
 *
 * <p>LangChain4j does not put the user into its requests. So the user comes from outside: from the
 * service's request scope, or from a separate model per user. Either way no answer reaches another
 * user.
 *
 * <p>Thread-safe.
 */
public final class CachedChatModels {
  private final CachingBedrockClient bedrock;
  private final String modelId;

  /** Creates models that call Bedrock through this client. */
  public CachedChatModels(CachingBedrockClient bedrock, String modelId) {
    this.bedrock = bedrock;
    this.modelId = modelId;
  }

  /**
   * Returns one model for all users, such as a singleton bean.
   *
   * @param endpoint the service's name for this use, such as {@code chat}
   * @param currentUser returns the user whose request is being served, as known to the web
   *     framework. Called for each request, on the thread that calls the model. If it throws, the
   *     call is not cached.
   */
  public ChatModel forCurrentUser(String endpoint, Supplier<String> currentUser) {
    return model(
        bedrock.scopedBy(request -> CacheScope.user(currentUser.get()).endpoint(endpoint)));
  }

  /**
   * Returns a model for one user. Creating one is cheap: create it per request, where the user is
   * known.
   *
   * @param endpoint the service's name for this use, such as {@code chat}
   * @param userId the user that the answers belong to
   */
  public ChatModel forUser(String endpoint, String userId) {
    return model(bedrock.forScope(CacheScope.user(userId).endpoint(endpoint)));
  }

  private ChatModel model(BedrockRuntimeClient client) {
    return BedrockChatModel.builder().client(client).modelId(modelId).build();
  }
}
