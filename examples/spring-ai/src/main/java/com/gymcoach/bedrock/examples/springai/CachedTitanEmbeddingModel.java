package com.gymcoach.bedrock.examples.springai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/**
 * A Spring AI embedding model for Amazon Titan with the cache. It replaces Spring AI's {@code
 * BedrockTitanEmbeddingModel}, which builds its own client. It makes one call for each text, so
 * each text is cached by itself.
 *
 * <p>Thread-safe.
 */
public final class CachedTitanEmbeddingModel implements EmbeddingModel {
  private static final JsonFactory JSON = new JsonFactory();

  private final BedrockRuntimeClient bedrock;
  private final String modelId;

  /**
   * Creates a model.
   *
   * @param scope says who shares the embeddings: those of a user's own texts belong to the user,
   *     those of a catalogue may be shared
   */
  public CachedTitanEmbeddingModel(CachingBedrockClient bedrock, String modelId, CacheScope scope) {
    this.bedrock = bedrock.forScope(scope);
    this.modelId = modelId;
  }

  /** What Titan answers for one text. */
  private record Titan(float[] vector, int tokens) {}

  @Override
  public EmbeddingResponse call(EmbeddingRequest request) {
    List<Embedding> embeddings = new ArrayList<>();
    int tokens = 0;
    for (String text : request.getInstructions()) {
      Titan answer = embedding(text);
      embeddings.add(new Embedding(answer.vector(), embeddings.size()));
      tokens += answer.tokens();
    }
    return new EmbeddingResponse(
        embeddings, new EmbeddingResponseMetadata(modelId, new DefaultUsage(tokens, 0)));
  }

  @Override
  public float[] embed(Document document) {
    return embed(Objects.requireNonNullElse(document.getText(), ""));
  }

  private Titan embedding(String text) {
    try {
      StringWriter body = new StringWriter();
      try (JsonGenerator json = JSON.createGenerator(body)) {
        json.writeStartObject();
        json.writeStringField("inputText", text);
        json.writeEndObject();
      }
      InvokeModelResponse response =
          bedrock.invokeModel(
              request -> request.modelId(modelId).body(SdkBytes.fromUtf8String(body.toString())));
      return read(response.body().asByteArray());
    } catch (IOException e) { // of the answer's JSON
      throw new UncheckedIOException(e);
    }
  }

  private static Titan read(byte[] body) throws IOException {
    List<Float> numbers = new ArrayList<>();
    int tokens = 0;
    try (JsonParser json = JSON.createParser(body)) {
      json.nextToken();
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        JsonToken value = json.nextToken();
        if (name.equals("inputTextTokenCount")) {
          tokens = json.getIntValue();
        } else if (name.equals("embedding") && value == JsonToken.START_ARRAY) {
          while (json.nextToken() != JsonToken.END_ARRAY) {
            numbers.add(json.getFloatValue());
          }
        } else {
          json.skipChildren(); // the same vector again, by its type
        }
      }
    }
    float[] vector = new float[numbers.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = numbers.get(i);
    }
    return new Titan(vector, tokens);
  }
}
