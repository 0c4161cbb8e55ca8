package com.gymcoach.bedrock.examples.quickstart;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/**
 * The steps of the tour. Each is checked by the requests that arrived at the services during it.
 */
final class Walk {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final CacheScope BOB = CacheScope.user("bob").endpoint("chat");
  private static final CacheScope ALICES_PLAN = CacheScope.user("alice").endpoint("workout-plan");
  private static final Duration PLAN_TTL = Duration.ofDays(1);

  /** Bedrock is called and the answer is stored: one request to Bedrock, one look-up, one write. */
  private static final Counts ASKED_AND_KEPT = new Counts(1, 1, 1);

  private final Services services;
  private final Options options;
  private final Report report;

  /** Unique to this run, so that older entries in a table do not interfere. */
  private final String namespace = "tour-" + UUID.randomUUID();

  private @Nullable ConverseResponse remembered;
  private long removed;

  Walk(Services services, Options options, Report report) {
    this.services = services;
    this.options = options;
    this.report = report;
  }

  /**
   * Runs and reports the steps.
   *
   * @return the number of steps with an unexpected result
   */
  int take() {
    try (BedrockCache one = cache(store());
        BedrockCache two = cache(store())) {
      int failed = 0;
      for (Step step : steps(one, two)) {
        failed += take(step) ? 0 : 1;
      }
      return failed;
    }
  }

  private List<Step> steps(BedrockCache one, BedrockCache two) {
    CachingBedrockClient first = CachingBedrockClient.create(services.bedrock(), one);
    CachingBedrockClient second = CachingBedrockClient.create(services.bedrock(), two);
    CachingBedrockAsyncClient streams =
        CachingBedrockAsyncClient.create(services.bedrockStreams(), one);
    ConverseRequest squat = question("How do I squat safely?", 400);
    ConverseRequest plan = question("Give me a plan for four days a week.", 400);
    ConverseRequest meal = question("What should I eat before training?", 400);
    ConverseRequest cutOff = question("Motivate me to train today.", 5);
    CacheSource bedrock = CacheSource.BEDROCK;
    return List.of(
        new Step("1", "a first question", bedrock, ASKED_AND_KEPT, ask(first, ALICE, squat))
            .checking(this::remember),
        new Step(
                "2",
                "the same again",
                CacheSource.HOT,
                new Counts(0, 0, 0),
                ask(first, ALICE, squat))
            .checking(answer -> differsFrom("1", answer)),
        new Step(
                "3",
                "the same, on a second instance",
                CacheSource.WARM,
                new Counts(0, 1, 0),
                ask(second, ALICE, squat))
            .checking(answer -> differsFrom("1", answer)),
        new Step("4", "the same, by another user", bedrock, ASKED_AND_KEPT, ask(first, BOB, squat)),
        new Step(
                "5",
                "another endpoint, kept for a day",
                bedrock,
                ASKED_AND_KEPT,
                ask(first, ALICES_PLAN, plan))
            .checking(Walk::notKeptForADay),
        new Step(
                "6",
                "the first again, once invalidated",
                bedrock,
                ASKED_AND_KEPT,
                ask(first, ALICE, squat))
            .first(() -> removed = one.invalidate(CacheScope.user("alice")))
            .checking(
                answer ->
                    removed == 2 ? null : "invalidation removed " + removed + " entries, not 2"),
        new Step(
                "7",
                "a new question, DynamoDB down",
                bedrock,
                new Counts(1, 0, 0),
                ask(first, ALICE, meal))
            .first(() -> services.outage(true)),
        new Step(
                "8a",
                "an answer cut off at 5 tokens",
                bedrock,
                new Counts(1, 1, 0),
                ask(first, ALICE, cutOff))
            .first(() -> services.outage(false))
            .checking(Walk::notCutOff),
        new Step("8b", "the same again", bedrock, new Counts(1, 1, 0), ask(first, ALICE, cutOff))
            .checking(Walk::notCutOff),
        new Step(
                "9a",
                "the first question, streamed",
                bedrock,
                ASKED_AND_KEPT,
                () -> Streaming.ask(streams, ALICE, squat))
            .checking(this::remember),
        new Step(
                "9b",
                "the same stream again",
                CacheSource.HOT,
                new Counts(0, 0, 0),
                () -> Streaming.ask(streams, ALICE, squat))
            .checking(answer -> differsFrom("9a", answer)));
  }

  private boolean take(Step step) {
    Counts arrived;
    Answer answer;
    long nanos;
    try {
      step.before().run();
      Counts before = services.arrived();
      long start = System.nanoTime();
      answer = step.call().get();
      nanos = System.nanoTime() - start;
      arrived = services.arrived().minus(before);
    } catch (RuntimeException e) {
      report.failed(step, e);
      return false;
    }
    List<String> problems = problems(step, answer.response(), arrived);
    report.row(step, answer, Duration.ofNanos(nanos), arrived, problems);
    return problems.isEmpty();
  }

  private static List<String> problems(Step step, ConverseResponse answer, Counts arrived) {
    List<String> problems = new ArrayList<>();
    if (!arrived.equals(step.arriving())) {
      problems.add("arrived " + arrived + ", expected " + step.arriving());
    }
    CacheSource from = CacheOutcome.of(answer).source();
    if (from != step.from()) {
      problems.add("the answer is said to come from " + from + ", expected " + step.from());
    }
    String other = step.check().apply(answer);
    if (other != null) {
      problems.add(other);
    }
    return problems;
  }

  private @Nullable String remember(ConverseResponse answer) {
    remembered = answer;
    return null;
  }

  private @Nullable String differsFrom(String step, ConverseResponse answer) {
    return remembered != null && answer.output().equals(remembered.output())
        ? null
        : "the answer is not that of step " + step;
  }

  private static @Nullable String notKeptForADay(ConverseResponse answer) {
    Duration ttl = CacheOutcome.of(answer).ttl().orElse(Duration.ZERO);
    // TTLs are shortened by up to a tenth, so that entries do not all expire at once.
    boolean fits =
        ttl.compareTo(PLAN_TTL) <= 0 && ttl.compareTo(PLAN_TTL.multipliedBy(89).dividedBy(100)) > 0;
    return fits ? null : "its life is " + ttl.toMinutes() + " min, not about a day";
  }

  private static @Nullable String notCutOff(ConverseResponse answer) {
    return answer.stopReason() == StopReason.MAX_TOKENS ? null : "the answer was not cut off";
  }

  private DynamoDbCacheStore store() {
    return DynamoDbCacheStore.builder()
        .client(services.dynamoDb())
        .tableName(options.table())
        // Long budgets: the tour shows where answers come from, in a JVM that has just started.
        .readBudget(Duration.ofSeconds(2))
        .writeBudget(Duration.ofSeconds(2))
        .build();
  }

  private BedrockCache cache(DynamoDbCacheStore store) {
    return BedrockCache.builder()
        .namespace(namespace)
        .ttlPolicy(
            TtlPolicy.byEndpoint(
                Map.of("chat", Duration.ofHours(1), "workout-plan", Duration.ofDays(1))))
        .store(store)
        // Longer than the tour, so that a hit in memory sends nothing to DynamoDB, even with a slow
        // model.
        .invalidationDelay(Duration.ofMinutes(5))
        // It only counts. Without this, the cache could not tell whether it changes answers.
        .trustedInterceptors(RequestCounter.class)
        .build();
  }

  private static Supplier<Answer> ask(
      CachingBedrockClient client, CacheScope scope, ConverseRequest question) {
    return () -> new Answer(client.forScope(scope).converse(question), null);
  }

  private ConverseRequest question(String text, int maxTokens) {
    return ConverseRequest.builder()
        .modelId(options.model())
        .messages(
            Message.builder()
                .role(ConversationRole.USER)
                .content(ContentBlock.fromText(text))
                .build())
        .inferenceConfig(i -> i.maxTokens(maxTokens))
        .build();
  }
}
