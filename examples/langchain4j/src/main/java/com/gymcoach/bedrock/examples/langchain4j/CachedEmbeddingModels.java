package com.gymcoach.bedrock.examples.langchain4j;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
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
   * Returns a Cohere model. It makes one call for up to 96 texts, which is a hit only if all of
   * them come again in the same order; {@code maxSegmentsPerBatch(1)} caches each text by itself,
   * at the price of more calls.
   */
  public EmbeddingModel cohere(String modelId, CacheScope scope, int maxSegmentsPerBatch) {
    return BedrockCohereEmbeddingModel.builder()
        .client(bedrock.forScope(scope))
        .model(modelId)
        .inputType(BedrockCohereEmbeddingModel.InputType.SEARCH_DOCUMENT)
        .maxSegmentsPerBatch(maxSegmentsPerBatch)
        .build();
  }
}
