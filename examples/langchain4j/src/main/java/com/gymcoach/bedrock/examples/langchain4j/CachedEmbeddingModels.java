package com.gymcoach.bedrock.examples.langchain4j;

import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.CallContext;
import dev.langchain4j.model.bedrock.BedrockCohereEmbeddingModel;
import dev.langchain4j.model.bedrock.BedrockTitanEmbeddingModel;
import dev.langchain4j.model.embedding.EmbeddingModel;

/**
 * LangChain4j embedding models with the cache. The scope says who shares the embeddings: those of a
 * user's own texts belong to the user, those of a catalogue may be shared.
 *
 * <p>Thread-safe.
 */
public final class CachedEmbeddingModels {
  private final CachingBedrockClient bedrock;

  /** Creates models that call Bedrock through this client. */
  public CachedEmbeddingModels(CachingBedrockClient bedrock) {
    this.bedrock = bedrock;
  }

  /** Returns a Titan model. It makes one call for each text, so each text is cached by itself. */
  public EmbeddingModel titan(String modelId, CacheScope scope) {
    return BedrockTitanEmbeddingModel.builder()
        .client(bedrock.forScope(scope))
        .model(modelId)
        .build();
  }

  /**
   * Returns a Cohere model. It makes one call for up to 96 texts. If the cache has the policy
   * {@link EmbeddingsByText}, that call asks only for the texts that are new; otherwise it is a hit
   * only if all of them come again in the same order.
   */
  public EmbeddingModel cohere(String modelId, CacheScope scope) {
    return BedrockCohereEmbeddingModel.builder()
        .client(bedrock.forScope(scope))
        .model(modelId)
        .inputType(BedrockCohereEmbeddingModel.InputType.SEARCH_DOCUMENT)
        .build();
  }

  /** Caches batches of texts text by text: give it to the cache's builder. */
  public static final class EmbeddingsByText implements CachePolicy {
    @Override
    public boolean cacheEmbeddingsByText(CallContext call) {
      return true;
    }
  }
}
