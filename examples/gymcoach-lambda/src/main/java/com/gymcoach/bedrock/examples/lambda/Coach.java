package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.ApiRequest.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** Asks the model through the cache. An answer is never shared with another user. */
record Coach(CachingBedrockClient bedrock, String modelId) {
  /** Returns the answer to a question, with the number of its tokens and where it is from. */
  ObjectNode ask(ApiRequest in, Question question, ObjectNode members) {
    boolean fleeting = Prompts.isAboutToday(members) || Prompts.isConversation(members);
    CacheControl control = fleeting ? CacheControl.BYPASS : CacheControl.DEFAULT;
    ConverseResponse response =
        bedrock
            .forScope(CacheScope.user(in.user()).endpoint(question.endpoint()))
            .converse(
                request ->
                    request
                        .modelId(modelId)
                        .system(Prompts.system(question))
                        .messages(Prompts.message(question, members))
                        .inferenceConfig(i -> i.maxTokens(2_000).temperature(0.7f))
                        .overrideConfiguration(o -> control.applyTo(o.apiCallTimeout(in.time()))));
    CacheOutcome outcome = CacheOutcome.of(response);
    return JSON.createObjectNode()
        .put(question.reply(), text(response))
        .put("tokensUsed", tokens(response))
        .put("cached", outcome.cached())
        .put("cacheSource", outcome.source().wireName())
        .put("cacheAge", outcome.age().toSeconds());
  }

  /**
   * Adds an id to a plan. The id is derived from user, endpoint and plan, so that a cached plan
   * keeps its id, and no two users or endpoints share one.
   */
  ObjectNode plan(ApiRequest in, Question question, ObjectNode members) {
    ObjectNode reply = ask(in, question, members);
    // As a JSON array, so that no part can be taken for the end of another.
    String named =
        JSON.createArrayNode()
            .add(in.user())
            .add(question.endpoint())
            .add(reply.path(question.reply()).asText())
            .toString();
    UUID id = UUID.nameUUIDFromBytes(named.getBytes(StandardCharsets.UTF_8));
    return reply.put("planId", id.toString());
  }

  /**
   * Answers a message. The client's id is returned unchanged and is not part of the question, so
   * that the same message with another id can be served from the cache.
   */
  ObjectNode chat(ApiRequest in, ObjectNode members) {
    long start = System.nanoTime();
    JsonNode id = members.remove("conversationId");
    ObjectNode reply = ask(in, Question.CHAT, members);
    reply.putObject("data").set("response", reply.remove("response"));
    reply
        .putObject("metadata")
        .put("timestamp", Instant.now().toString())
        .put("processingTime", (System.nanoTime() - start) / 1_000_000);
    return reply
        .put("success", true)
        .put("conversationId", id == null ? UUID.randomUUID().toString() : id.asText());
  }

  private static String text(ConverseResponse response) {
    if (response.output() == null || response.output().message() == null) {
      throw SdkClientException.create("The model's response has no message");
    }
    return response.output().message().content().stream()
        .map(block -> Objects.requireNonNullElse(block.text(), ""))
        .collect(Collectors.joining());
  }

  /** Returns the number of tokens. A response need not have it: the answer is good all the same. */
  private static long tokens(ConverseResponse response) {
    if (response.usage() == null) {
      return 0;
    }
    return (long) Objects.requireNonNullElse(response.usage().inputTokens(), 0)
        + Objects.requireNonNullElse(response.usage().outputTokens(), 0);
  }
}
