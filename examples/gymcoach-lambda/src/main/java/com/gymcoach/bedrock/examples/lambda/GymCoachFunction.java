package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.ApiRequest.JSON;
import static com.gymcoach.bedrock.examples.lambda.ApiRequest.require;

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
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;

/** GymCoach's AI service behind API Gateway's HTTP API. Thread-safe. */
public final class GymCoachFunction implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(GymCoachFunction.class);

  private static final List<String> STATS =
      List.of(
          ("enabled hits misses writes invalidations errors total_requests hit_rate_percent"
                  + " hot_cache_size hot_cache_max_size")
              .split(" ", -1));

  private interface Handler {
    ObjectNode answer(ApiRequest in) throws IOException;
  }

  private record Route(String method, Handler handler) {}

  private final Map<String, Route> routes =
      Map.of(
          "/api/ai/chat", post(this::chat),
          "/api/ai/workout-plan/generate",
              post(in -> plan(in, "workout-plan", Prompts.workoutPlan(in))),
          "/api/ai/meal-plan/generate", post(in -> plan(in, "meal-plan", Prompts.mealPlan(in))),
          "/api/ai/progress/analyze",
              post(in -> ask(in, "progress-analysis", Prompts.progress(in), "analysis")),
          "/api/ai/form-check",
              post(in -> ask(in, "form-check", Prompts.formCheck(in), "formTips")),
          "/api/ai/motivation",
              post(in -> ask(in, "motivation", Prompts.motivation(in), "motivation")),
          "/api/ai/cache/stats", new Route("GET", in -> stats()),
          "/api/ai/cache/invalidate", post(this::invalidate));

  private final CachingBedrockClient bedrock;
  private final BedrockCache cache;
  private final Settings settings;

  /** Returns the function as Lambda runs it: what it needs is in the environment. */
  public GymCoachFunction() {
    this(Clients.create(), Settings.from(System.getenv()));
  }

  private GymCoachFunction(Clients clients, Settings settings) {
    this(
        clients.bedrock(),
        GymCoachCache.create(clients.dynamoDb(), settings, EmfMetricsSink.create()),
        settings);
  }

  /** Returns the function that serves with a client, through a cache. It closes neither. */
  public GymCoachFunction(BedrockRuntimeClient bedrock, BedrockCache cache, Settings settings) {
    this.bedrock = CachingBedrockClient.create(bedrock, cache);
    this.cache = cache;
    this.settings = settings;
  }

  /** Answers a request: whatever it holds, with a reply and never an exception. */
  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    long start = System.nanoTime();
    // Half a second is left to reply in when the model is late: Lambda would just end the call.
    Duration time = Duration.ofMillis(Math.max(1, context.getRemainingTimeInMillis() - 500));
    String path = "";
    ObjectNode reply;
    RuntimeException failure = null;
    try {
      ApiRequest in = ApiRequest.of(input.readAllBytes(), time);
      path = in.path();
      reply = answer(in);
    } catch (RuntimeException e) {
      failure = e;
      ApiException told = ApiException.of(e);
      ObjectNode body = JSON.createObjectNode().put("error", told.error);
      reply = reply(told.status, body.put("message", told.getMessage()));
    }
    Route route = routes.get(path);
    if (route != null) {
      reply.withObject("/headers").put("Allow", route.method() + ", OPTIONS");
    }
    output.write(JSON.writeValueAsBytes(reply));
    log(route == null ? "none" : path, reply, start, context, failure);
  }

  private ObjectNode answer(ApiRequest in) throws IOException {
    if (in.method().equals("OPTIONS")) {
      return reply(200, JSON.createObjectNode());
    }
    Route route = routes.get(in.path());
    if (route == null) {
      throw new ApiException(404, "Not Found", "There is no such route");
    }
    if (!in.method().equals(route.method())) {
      throw new ApiException(405, "Method Not Allowed", "Use " + route.method());
    }
    in.user(); // before anything of the body is read
    return reply(200, route.handler().answer(in.withBody()));
  }

  private ObjectNode chat(ApiRequest in) {
    long start = System.nanoTime();
    String id = in.text("conversationId", 128, UUID.randomUUID().toString());
    require(id.matches("[A-Za-z0-9._-]+"), "conversationId has characters beyond A-Za-z0-9._-");
    ObjectNode reply = ask(in, "chat", Prompts.chat(in), "response");
    reply.putObject("data").set("response", reply.remove("response"));
    reply
        .putObject("metadata")
        .put("timestamp", Instant.now().toString())
        .put("processingTime", millisSince(start));
    return reply.put("success", true).put("conversationId", id);
  }

  private ObjectNode plan(ApiRequest in, String endpoint, String question) {
    ObjectNode reply = ask(in, endpoint, question, "plan");
    byte[] plan = reply.path("plan").asText().getBytes(StandardCharsets.UTF_8);
    return reply.put(
        "planId", UUID.nameUUIDFromBytes(plan).toString()); // the same plan's is the same
  }

  private ObjectNode stats() throws IOException {
    ObjectNode reply = JSON.createObjectNode().put("success", true);
    ObjectNode all = (ObjectNode) JSON.readTree(cache.stats().toJson());
    reply.set("data", all.retain(STATS));
    return reply.put("timestamp", Instant.now().toString());
  }

  private ObjectNode invalidate(ApiRequest in) {
    String user = in.text("userId", 1_024, in.user());
    if (!user.equals(in.user()) && !in.isAdmin()) {
      throw new ApiException(403, "Forbidden", "Only an admin may do this for another user");
    }
    CacheScope scope = CacheScope.user(user);
    String endpoint = in.flag("invalidateAll") ? null : in.text("endpointType", 64, null);
    if (endpoint != null) {
      require(GymCoachCache.TTLS.containsKey(endpoint), "There is no such endpointType");
      scope = scope.endpoint(endpoint);
    }
    long count = cache.invalidate(scope);
    return JSON.createObjectNode()
        .put("success", true)
        .put("message", count + " entries invalidated")
        .put("invalidatedCount", count)
        .put("userId", user)
        .put("endpointType", endpoint)
        .put("timestamp", Instant.now().toString());
  }

  /** Asks the model, through the cache; the answer is shared with nobody but its user. */
  private ObjectNode ask(ApiRequest in, String endpoint, String question, String member) {
    boolean fleeting = Prompts.isAboutToday(question) || in.continuesConversation();
    CacheControl control = fleeting ? CacheControl.BYPASS : CacheControl.DEFAULT;
    ConverseRequest request =
        ConverseRequest.builder()
            .modelId(settings.modelId())
            .system(SystemContentBlock.fromText(Prompts.system(endpoint)))
            .messages(
                Message.builder()
                    .role(ConversationRole.USER)
                    .content(ContentBlock.fromText(question))
                    .build())
            .inferenceConfig(i -> i.maxTokens(2_000).temperature(0.7f))
            .overrideConfiguration(o -> control.applyTo(o.apiCallTimeout(in.time())))
            .build();
    CacheScope scope = CacheScope.user(in.user()).endpoint(endpoint);
    ConverseResponse response = bedrock.forScope(scope).converse(request);
    String text =
        response.output().message().content().stream()
            .map(ContentBlock::text)
            .filter(Objects::nonNull)
            .collect(Collectors.joining());
    CacheOutcome outcome = CacheOutcome.of(response);
    return JSON.createObjectNode()
        .put(member, text)
        .put("tokensUsed", response.usage().inputTokens() + response.usage().outputTokens())
        .put("cached", outcome.cached())
        .put("cacheSource", outcome.source().wireName())
        .put("cacheAge", outcome.age().toSeconds());
  }

  private static Route post(Handler handler) {
    return new Route("POST", handler);
  }

  /** Returns a reply as API Gateway takes it, in payload format 2.0. */
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

  /** One line a request. It has no user, nothing asked and nothing answered. */
  private static void log(
      String route, JsonNode reply, long start, Context context, @Nullable Throwable failure) {
    int status = reply.path("statusCode").asInt();
    LoggingEventBuilder line =
        LOG.atLevel(status < 500 ? Level.INFO : Level.ERROR)
            .addKeyValue("route", route)
            .addKeyValue("httpStatus", status)
            .addKeyValue("processingTime", millisSince(start))
            .addKeyValue("requestId", context.getAwsRequestId());
    if (failure != null) { // by its class: a service's message may quote the prompt
      line = line.addKeyValue("exception", failure.getClass().getName());
    }
    if (failure instanceof AwsServiceException service) {
      line = line.addKeyValue("serviceStatus", service.statusCode());
      line = line.addKeyValue("serviceRequestId", service.requestId());
    }
    line.log("Replied");
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }
}
