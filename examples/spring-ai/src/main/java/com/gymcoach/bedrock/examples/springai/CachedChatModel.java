package com.gymcoach.bedrock.examples.springai;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.bedrock.converse.BedrockChatOptions;
import org.springframework.ai.bedrock.converse.BedrockProxyChatModel;
import org.springframework.ai.chat.messages.UserMessage;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;

/**
 * A Spring AI chat model whose answers and streams are cached per user.
 *
 * <p>Spring AI sends the last user message's metadata as the request's metadata. So the message
 * names its user, one model serves all users, and nothing depends on the thread.
 */
public final class CachedChatModel {
  /** The metadata key that names the user in a user message. */
  public static final String USER = "user";

  private CachedChatModel() {}

  /**
   * Returns one model for all users, such as a singleton bean.
   *
   * @param bedrock the client for {@code call()}
   * @param streaming the client for {@code stream()}, on the same cache
   * @param endpoint the service's name for this use, such as {@code chat}
   */
  public static BedrockProxyChatModel create(
      CachingBedrockClient bedrock,
      CachingBedrockAsyncClient streaming,
      String modelId,
      String endpoint) {
    return BedrockProxyChatModel.builder()
        .bedrockRuntimeClient(bedrock.scopedBy(request -> scopeOf(request, endpoint)))
        .bedrockRuntimeAsyncClient(streaming.scopedBy(request -> scopeOf(request, endpoint)))
        .defaultOptions(BedrockChatOptions.builder().model(modelId).build())
        .build();
  }

  /**
   * Returns a message of a user.
   *
   * @param userId a pseudonymous id: Bedrock writes it into its invocation logs if these are
   *     enabled. Up to 256 letters, digits and {@code :_@$#=/+,-.}
   */
  public static UserMessage message(String userId, String text) {
    UserMessage message = new UserMessage(text);
    message.getMetadata().put(USER, userId);
    return message;
  }

  /** Returns null, which disables caching, if the message names no user. */
  private static @Nullable CacheScope scopeOf(BedrockRuntimeRequest request, String endpoint) {
    String user = metadata(request).get(USER);
    return user == null ? null : CacheScope.user(user).endpoint(endpoint);
  }

  private static Map<String, String> metadata(BedrockRuntimeRequest request) {
    if (request instanceof ConverseStreamRequest stream) {
      return stream.requestMetadata();
    }
    return request instanceof ConverseRequest call ? call.requestMetadata() : Map.of();
  }
}
