package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.ApiRequest.JSON;
import static com.gymcoach.bedrock.examples.lambda.ApiRequest.require;
import static com.gymcoach.bedrock.examples.lambda.Members.choice;
import static com.gymcoach.bedrock.examples.lambda.Members.filledText;
import static com.gymcoach.bedrock.examples.lambda.Members.flag;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cloudwatch.EmfMetricsSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** GymCoach's AI service behind API Gateway's HTTP API. Thread-safe. */
public final class GymCoachFunction implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(GymCoachFunction.class);

  /** The statistics shown to operators. */
  private static final List<String> STATS =
      List.of(
          ("enabled hits misses writes invalidations errors total_requests hit_rate_percent"
                  + " hot_cache_size hot_cache_max_size")
              .split(" ", -1));

  private static final Members INVALIDATION =
      Members.of(
          flag("invalidateAll"),
          choice("endpointType", GymCoachCache.TTLS.keySet()),
          filledText("userId", 1_024));

  private final CachingBedrockClient bedrock;
  private final BedrockCache cache;
  private final Settings settings;

  /** Creates the function as Lambda runs it, configured by environment variables. */
  public GymCoachFunction() {
    this(Apache5HttpClient.create(), Settings.from(System.getenv()));
    ColdStart.prepare(cache, settings);
  }

  private GymCoachFunction(SdkHttpClient http, Settings settings) {
    this(
        BedrockRuntimeClient.builder().httpClient(http).build(),
        GymCoachCache.create(
            GymCoachCache.dynamoDb(http),
            settings,
            EmfMetricsSink.builder().namespace(GymCoachCache.METRICS_NAMESPACE).build()),
        settings);
  }

  /** Creates the function with a client and a cache. It closes neither. */
  public GymCoachFunction(BedrockRuntimeClient bedrock, BedrockCache cache, Settings settings) {
    this.bedrock = CachingBedrockClient.create(bedrock, cache);
    this.cache = cache;
    this.settings = settings;
  }

  /**
   * Answers a request. Whatever the request contains, it gets a reply: errors are reported in the
   * reply, never thrown.
   */
  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    // Reserves half a second for the reply if the model is slow: Lambda would end the call without
    // one.
    Duration time = Duration.ofMillis(Math.max(1, context.getRemainingTimeInMillis() - 500));
    ObjectNode reply;
    try {
      ApiRequest in = ApiRequest.of(input.readAllBytes(), time);
      reply = reply(200, in.isPreflight() ? JSON.createObjectNode() : answer(in));
    } catch (RuntimeException e) {
      ApiException told = ApiException.of(e);
      reply = reply(told);
      if (told != e) { // class and ids only: a service's message may quote the prompt
        LOG.atError()
            .addKeyValue("exception", e.getClass().getName())
            .addKeyValue("httpStatus", told.status)
            .addKeyValue("requestId", context.getAwsRequestId())
            .log("A request failed");
      }
    }
    output.write(JSON.writeValueAsBytes(reply));
  }

  private ObjectNode answer(ApiRequest in) throws IOException {
    return switch (in.path()) {
      case "/api/ai/chat" -> chat(in);
      case "/api/ai/workout-plan/generate" -> plan(ask(in, Question.WORKOUT_PLAN, "plan"));
      case "/api/ai/meal-plan/generate" -> plan(ask(in, Question.MEAL_PLAN, "plan"));
      case "/api/ai/progress/analyze" -> ask(in, Question.PROGRESS, "analysis");
      case "/api/ai/form-check" -> ask(in, Question.FORM_CHECK, "formTips");
      case "/api/ai/motivation" -> ask(in, Question.MOTIVATION, "motivation");
      case "/api/ai/cache/stats" -> {
        in.get(Members.of());
        yield stats();
      }
      case "/api/ai/cache/invalidate" -> invalidate(in, in.post(INVALIDATION));
      default -> throw new ApiException(404, "Not Found", "There is no such route");
    };
  }

  /**
   * The client's id is returned unchanged and is not part of the question, so that the same message
   * with another id can be served from the cache.
   */
  private ObjectNode chat(ApiRequest in) {
    long start = System.nanoTime();
    ObjectNode members = in.post(Question.CHAT.members());
    JsonNode id = members.remove("conversationId");
    ObjectNode reply = ask(in, Question.CHAT, members, "response");
    reply.putObject("data").set("response", reply.remove("response"));
    reply
        .putObject("metadata")
        .put("timestamp", Instant.now().toString())
        .put("processingTime", (System.nanoTime() - start) / 1_000_000);
    return reply
        .put("success", true)
        .put("conversationId", id == null ? UUID.randomUUID().toString() : id.asText());
  }

  /** Derives the id from the plan, so that a cached plan keeps its id. */
  private static ObjectNode plan(ObjectNode reply) {
    byte[] plan = reply.path("plan").asText().getBytes(StandardCharsets.UTF_8);
    return reply.put("planId", UUID.nameUUIDFromBytes(plan).toString());
  }

  private ObjectNode stats() throws IOException {
    ObjectNode reply = JSON.createObjectNode().put("success", true);
    ObjectNode all = (ObjectNode) JSON.readTree(cache.stats().toJson());
    reply.set("data", all.retain(STATS));
    return reply.put("timestamp", Instant.now().toString());
  }

  private ObjectNode invalidate(ApiRequest in, ObjectNode members) {
    String user = members.path("userId").asText(in.user());
    if (!user.equals(in.user()) && !in.isAdmin()) {
      throw new ApiException(403, "Forbidden", "Only an admin may do this for another user");
    }
    String endpoint = members.path("endpointType").asText(null);
    require(
        members.path("invalidateAll").asBoolean() == (endpoint == null),
        "Give either invalidateAll or endpointType");
    CacheScope scope = CacheScope.user(user);
    scope = endpoint == null ? scope : scope.endpoint(endpoint);
    long count = cache.invalidate(scope);
    return JSON.createObjectNode()
        .put("success", true)
        .put("message", count + " entries invalidated")
        .put("invalidatedCount", count)
        .put("userId", user)
        .put("endpointType", endpoint)
        .put("timestamp", Instant.now().toString());
  }

  private ObjectNode ask(ApiRequest in, Question question, String member) {
    return ask(in, question, in.post(question.members()), member);
  }

  /** Asks the model through the cache. The answer is never shared with another user. */
  private ObjectNode ask(ApiRequest in, Question question, ObjectNode members, String member) {
    boolean fleeting = Prompts.isAboutToday(members) || Prompts.isConversation(members);
    CacheControl control = fleeting ? CacheControl.BYPASS : CacheControl.DEFAULT;
    ConverseResponse response =
        bedrock
            .forScope(CacheScope.user(in.user()).endpoint(question.endpoint()))
            .converse(
                request ->
                    request
                        .modelId(settings.modelId())
                        .system(Prompts.system(question))
                        .messages(Prompts.message(question, members))
                        .inferenceConfig(i -> i.maxTokens(2_000).temperature(0.7f))
                        .overrideConfiguration(o -> control.applyTo(o.apiCallTimeout(in.time()))));
    String text =
        response.output().message().content().stream()
            .map(block -> Objects.requireNonNullElse(block.text(), ""))
            .collect(Collectors.joining());
    CacheOutcome outcome = CacheOutcome.of(response);
    return JSON.createObjectNode()
        .put(member, text)
        .put("tokensUsed", response.usage().inputTokens() + response.usage().outputTokens())
        .put("cached", outcome.cached())
        .put("cacheSource", outcome.source().wireName())
        .put("cacheAge", outcome.age().toSeconds());
  }

  private ObjectNode reply(ApiException e) {
    ObjectNode body = JSON.createObjectNode().put("error", e.error).put("message", e.getMessage());
    ObjectNode reply = reply(e.status, body);
    if (e.allow != null) {
      reply.withObject("/headers").put("Allow", e.allow);
    }
    return reply;
  }

  /** Returns a reply in API Gateway's payload format 2.0. */
  private ObjectNode reply(int status, ObjectNode body) {
    ObjectNode reply = JSON.createObjectNode().put("statusCode", status);
    reply
        .putObject("headers")
        .put("Content-Type", "application/json")
        .put("Access-Control-Allow-Origin", settings.allowedOrigin())
        .put("Access-Control-Allow-Headers", "Content-Type, Authorization")
        .put("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
    return reply.put("body", body.toString());
  }
}
