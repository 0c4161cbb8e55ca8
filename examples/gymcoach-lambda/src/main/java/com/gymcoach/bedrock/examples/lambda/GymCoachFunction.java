package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.ApiRequest.JSON;
import static java.util.Map.entry;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cloudwatch.EmfMetricsSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** GymCoach's AI service behind API Gateway's HTTP API. Thread-safe. */
public final class GymCoachFunction implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(GymCoachFunction.class);

  /** The statistics shown to operators. */
  private static final List<String> STATS =
      List.of(
          ("enabled hits misses writes invalidations errors total_requests hit_rate_percent"
                  + " hot_cache_size hot_cache_max_size")
              .split(" ", -1));

  private final CachingBedrockClient bedrock;
  private final BedrockCache cache;
  private final Settings settings;
  private final Quota quota;
  private final Map<String, Route> routes;

  /**
   * Creates the function as Lambda runs it, configured by environment variables. Fails if the
   * cache's keys are configured and cannot be read: Lambda then publishes no version.
   */
  public GymCoachFunction() {
    this(Apache5HttpClient.create(), Settings.from(System.getenv()));
    ColdStart.prepare(cache, settings);
  }

  private GymCoachFunction(SdkHttpClient http, Settings settings) {
    this(http, settings, ColdStart.keys(http, settings), GymCoachCache.dynamoDb(http));
  }

  private GymCoachFunction(
      SdkHttpClient http, Settings settings, CacheKeys keys, DynamoDbClient dynamoDb) {
    this(
        BedrockRuntimeClient.builder().httpClient(http).build(),
        GymCoachCache.create(
            dynamoDb,
            settings,
            keys,
            EmfMetricsSink.builder().namespace(GymCoachCache.METRICS_NAMESPACE).build()),
        settings,
        new Quota(
            new Quota.Counter(
                dynamoDb,
                settings.tableName(),
                Settings.questionsPerHour(System.getenv()),
                keys.keySecret(),
                Quota.BUDGET),
            Clock.systemUTC()));
  }

  /** Creates the function with a client and a cache, without a quota. It closes neither. */
  public GymCoachFunction(BedrockRuntimeClient bedrock, BedrockCache cache, Settings settings) {
    this(bedrock, cache, settings, Quota.none());
  }

  GymCoachFunction(
      BedrockRuntimeClient bedrock, BedrockCache cache, Settings settings, Quota quota) {
    this.bedrock = CachingBedrockClient.create(bedrock, cache);
    this.cache = cache;
    this.settings = settings;
    this.quota = quota;
    this.routes = routes();
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
    boolean isHead = false;
    try {
      ApiRequest in = ApiRequest.of(input.readAllBytes(), time);
      isHead = in.isHead();
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
    output.write(JSON.writeValueAsBytes(isHead ? reply.put("body", "") : reply));
  }

  private ObjectNode answer(ApiRequest in) throws IOException {
    Route route = routes.get(in.path());
    if (route == null) {
      throw new ApiException(404, "Not Found", "There is no such route");
    }
    ObjectNode members = in.read(route.method(), route.members());
    if (route.asksModel()) { // after reading: a refused request does not count
      quota.take(in.user());
    }
    return route.handler().answer(in, members);
  }

  private Map<String, Route> routes() {
    Coach coach = new Coach(bedrock, settings.modelId());
    Invalidations invalidations = new Invalidations(cache);
    return Map.ofEntries(
        entry("/api/ai/chat", Route.question(Question.CHAT, coach::chat)),
        entry("/api/ai/workout-plan/generate", plans(coach, Question.WORKOUT_PLAN)),
        entry("/api/ai/meal-plan/generate", plans(coach, Question.MEAL_PLAN)),
        entry("/api/ai/progress/analyze", asks(coach, Question.PROGRESS)),
        entry("/api/ai/form-check", asks(coach, Question.FORM_CHECK)),
        entry("/api/ai/motivation", asks(coach, Question.MOTIVATION)),
        entry("/api/ai/nutrition/analyze", asks(coach, Question.NUTRITION)),
        entry("/api/ai/workout/substitute", asks(coach, Question.SUBSTITUTION)),
        entry("/api/ai/performance/analyze", asks(coach, Question.PERFORMANCE)),
        entry("/api/ai/rate-limit", Route.get((in, nothing) -> quota.left(in.user()))),
        entry("/api/ai/cache/stats", Route.get((in, nothing) -> stats())),
        entry(
            "/api/ai/cache/invalidate",
            Route.post(Invalidations.MEMBERS, invalidations::invalidate)));
  }

  private static Route asks(Coach coach, Question question) {
    return Route.question(question, (in, members) -> coach.ask(in, question, members));
  }

  private static Route plans(Coach coach, Question question) {
    return Route.question(question, (in, members) -> coach.plan(in, question, members));
  }

  private ObjectNode stats() throws IOException {
    ObjectNode reply = JSON.createObjectNode().put("success", true);
    ObjectNode all = (ObjectNode) JSON.readTree(cache.stats().toJson());
    reply.set("data", all.retain(STATS));
    return reply.put("timestamp", Instant.now().toString());
  }

  private ObjectNode reply(ApiException e) {
    ObjectNode body = JSON.createObjectNode().put("error", e.error).put("message", e.getMessage());
    ObjectNode reply = reply(e.status, body);
    e.headers.forEach(reply.withObject("/headers")::put);
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
        .put("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS");
    return reply.put("body", body.toString());
  }
}
