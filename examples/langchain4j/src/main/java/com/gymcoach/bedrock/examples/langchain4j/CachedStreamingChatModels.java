package com.gymcoach.bedrock.examples.langchain4j;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import dev.langchain4j.model.bedrock.BedrockStreamingChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import java.util.function.Supplier;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;

/**
 * LangChain4j streaming chat models whose streams are cached per user. A hit is replayed as a
 * stream of the same parts.
 *
 * <p>Thread-safe.
 */
public final class CachedStreamingChatModels {
  private final CachingBedrockAsyncClient bedrock;
  private final String modelId;

  /** Creates models that call Bedrock through this client. */
  public CachedStreamingChatModels(CachingBedrockAsyncClient bedrock, String modelId) {
    this.bedrock = bedrock;
    this.modelId = modelId;
  }

  /**
   * Returns one model for all users, such as a singleton bean.
   *
   * @param endpoint the service's name for this use, such as {@code chat}
   * @param currentUser returns the user whose request is being served. Called for each request, on
   *     the thread that calls the model. If it throws, the call is not cached.
   */
  public StreamingChatModel forCurrentUser(String endpoint, Supplier<String> currentUser) {
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
  public StreamingChatModel forUser(String endpoint, String userId) {
    return model(bedrock.forScope(CacheScope.user(userId).endpoint(endpoint)));
  }

  private StreamingChatModel model(BedrockRuntimeAsyncClient client) {
    return BedrockStreamingChatModel.builder().client(client).modelId(modelId).build();
  }
}
