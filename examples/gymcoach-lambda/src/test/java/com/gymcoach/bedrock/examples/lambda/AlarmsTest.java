package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.Events.chat;
import static com.gymcoach.bedrock.examples.lambda.Events.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.LiveSettings;
import com.gymcoach.bedrock.dynamodb.CacheAdmin;
import com.gymcoach.bedrock.examples.cloudwatch.AlarmRule;
import com.gymcoach.bedrock.examples.cloudwatch.AlarmRule.State;
import com.gymcoach.bedrock.examples.cloudwatch.MetricData;
import com.gymcoach.bedrock.examples.cloudwatch.MetricData.Name;
import com.gymcoach.bedrock.examples.cloudwatch.ServiceCounts;
import com.gymcoach.bedrock.examples.cloudwatch.Template;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

/**
 * Each alarm sees what it is for, and is silent otherwise: something is broken, and the alarm's own
 * expression is evaluated on the metrics that come of the real function's calls.
 */
class AlarmsTest {
  private static final Map<String, String> TABLE = Map.of("TableName", "gymcoach-ai-main");
  private static final BedrockStandIn STAND_IN = BedrockStandIn.start();
  private static final BedrockRuntimeClient BEDROCK =
      BedrockRuntimeClient.builder()
          .endpointOverride(STAND_IN.endpoint())
          .region(Region.US_EAST_1)
          .credentialsProvider(AnonymousCredentialsProvider.create())
          .httpClientBuilder(Apache5HttpClient.builder())
          .overrideConfiguration(o -> o.retryStrategy(r -> r.maxAttempts(1)))
          .build();

  /** Something that goes wrong, and what it does to the metrics. */
  private interface Trouble {
    void play(AlarmsTest test);
  }

  private static final Map<String, Trouble> TROUBLES = new TreeMap<>();

  static {
    TROUBLES.put("ApiFails", test -> test.breakTheHandler(new IllegalStateException("broken")));
    TROUBLES.put("FunctionFails", test -> test.breakTheHandler(new AssertionError("broken")));
    TROUBLES.put(
        "FunctionThrottled", test -> test.count("AWS/Lambda", "Throttles", ServiceCounts.LIVE));
    TROUBLES.put("NoRequests", test -> {});
    TROUBLES.put("NoMetrics", test -> {});
    TROUBLES.put("HitRateLow", AlarmsTest::askNothingTwice);
    TROUBLES.put("ErrorRateHigh", AlarmsTest::stopBedrock);
    TROUBLES.put("ResponseTimeHigh", AlarmsTest::slowBedrockDown);
    TROUBLES.put("TableThrottled", test -> test.count("AWS/DynamoDB", "ReadThrottleEvents", TABLE));
    TROUBLES.put("InvalidationFailed", AlarmsTest::invalidateInVain);
    TROUBLES.put("BreakerOpen", AlarmsTest::breakTheTable);
    TROUBLES.put("StoreFailing", AlarmsTest::failSomeWrites);
    TROUBLES.put("EntriesRejected", AlarmsTest::alterEntries);
  }

  private final Map<String, AlarmRule> alarms = new LinkedHashMap<>();
  private final MetricData data = new MetricData();
  private final FakeTable table = new FakeTable();
  private final PlayedService service = new PlayedService(table, BEDROCK, data);
  private int end = 60;

  AlarmsTest() {
    Template template = TemplateTest.read(Map.of());
    add(template);
    add(template.nested("Alarms"));
  }

  private void add(Template template) {
    template
        .ofType("AWS::CloudWatch::Alarm")
        .forEach((name, alarm) -> alarms.put(name, new AlarmRule(alarm)));
  }

  @AfterEach
  void close() {
    service.close();
    STAND_IN.delay(Duration.ZERO).resume();
  }

  @AfterAll
  static void stop() {
    BEDROCK.close();
    STAND_IN.close();
  }

  /** Four calls a minute, of which one is new; now and then an invalidation or a bad request. */
  private void healthy(int fromMinute, int toMinute) {
    for (int minute = fromMinute; minute < toMinute; minute++) {
      for (int call = 0; call < 4; call++) {
        service.call(minute, chat("alice", "question " + minute));
      }
      if (minute % 10 == 0) {
        assertThat(service.call(minute, chat("alice", ""))).isEqualTo(400);
        invalidate(minute);
      }
    }
  }

  private int invalidate(int minute) {
    return service.call(
        minute, post("/api/ai/cache/invalidate", "alice", "{\"invalidateAll\":true}"));
  }

  @Test
  void everyAlarm_isTested() {
    assertThat(alarms.keySet()).containsExactlyInAnyOrderElementsOf(TROUBLES.keySet());
  }

  @Test
  void alarms_inAHealthyHour_areSilent() {
    healthy(0, 60);
    for (int minute = 20; minute < 60; minute++) {
      for (Map.Entry<String, AlarmRule> alarm : alarms.entrySet()) {
        assertThat(alarm.getValue().at(minute, data))
            .as("%s in minute %s", alarm.getKey(), minute)
            .isEqualTo(State.OK);
      }
    }
  }

  static Set<String> troubles() {
    return TROUBLES.keySet();
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void alarm_whenWhatItIsForHappens_goesOff(String name) {
    healthy(0, 20);
    AlarmRule alarm = Objects.requireNonNull(alarms.get(name));
    assertThat(alarm.at(19, data)).as("before").isEqualTo(State.OK);
    end = 35;
    Objects.requireNonNull(TROUBLES.get(name)).play(this);

    assertThat(alarm.at(end - 1, data)).isEqualTo(State.ALARM);
  }

  /** A reply of 500 is a success to Lambda: only the API's own metric moves. */
  @Test
  void release_thatThrowsOnEveryCall_isSeenByTheDeployment() {
    healthy(0, 20);
    end = 35;
    breakTheHandler(new IllegalStateException("broken"));

    assertThat(data.statistic(api("5xx"), "Sum", 20, 15)).isEqualTo(30);
    assertThat(data.statistic(api("Count"), "Sum", 20, 15)).isEqualTo(300);
    assertThat(data.statistic(new Name("AWS/Lambda", "Errors", ServiceCounts.LIVE), "Sum", 20, 15))
        .isZero();
    Map<String, State> states = new TreeMap<>();
    alarms.forEach((name, alarm) -> states.put(name, alarm.at(34, data)));
    assertThat(states)
        .containsEntry("ApiFails", State.ALARM)
        .containsEntry("FunctionFails", State.OK);
  }

  private static Name api(String metric) {
    return new Name("AWS/ApiGateway", metric, Map.of("ApiId", "<Api>"));
  }

  /** The operators' brake: the function obeys the item that the runbook writes, and its removal. */
  @Test
  void brake_inTheTable_isObeyedByTheNextInstance() {
    CacheAdmin admin = CacheAdmin.builder().client(table).tableName("gymcoach-ai-main").build();
    admin.liveSettings(LiveSettings.mode(CacheMode.OFF));
    assertThat(hitsOfANewInstance(new MetricData())).isNull();
    admin.liveSettings(LiveSettings.NONE);
    assertThat(hitsOfANewInstance(new MetricData())).isPositive();
  }

  private @Nullable Double hitsOfANewInstance(MetricData of) {
    try (PlayedService instance = new PlayedService(table, BEDROCK, of)) {
      for (int call = 0; call < 10; call++) {
        assertThat(instance.call(call, chat("alice", "the same question"))).isEqualTo(200);
      }
    }
    return of.statistic(new Name("GymCoachAI/AI", "CacheHits", Map.of()), "Sum", 1, 9);
  }

  /** A tenth of the calls goes to the new version, as in a canary; the others stay well. */
  private void breakTheHandler(Throwable thrown) {
    BedrockRuntimeClient broken =
        new BedrockRuntimeClient() {
          @Override
          public ConverseResponse converse(ConverseRequest request) {
            if (thrown instanceof Error error) {
              throw error;
            }
            throw (RuntimeException) thrown;
          }

          @Override
          public String serviceName() {
            return SERVICE_NAME;
          }

          @Override
          public void close() {}
        };
    try (PlayedService canary = new PlayedService(new FakeTable(), broken, data)) {
      for (int minute = 20; minute < end; minute++) {
        for (int call = 0; call < 18; call++) {
          service.call(minute, chat("alice", "question " + minute));
        }
        for (int call = 0; call < 2; call++) {
          assertThat(canary.call(minute, chat("bob", "question " + minute))).isEqualTo(500);
        }
      }
    }
  }

  /** The metrics of AWS's own services. */
  private void count(String namespace, String metric, Map<String, String> dimensions) {
    for (int minute = 20; minute < end; minute++) {
      data.add(new Name(namespace, metric, dimensions), minute, 3);
    }
  }

  private void askNothingTwice() {
    end = 60 * 8;
    for (int minute = 60; minute < end; minute += 20) {
      service.call(minute, chat("alice", "new question " + minute));
    }
  }

  private void stopBedrock() {
    STAND_IN.stop();
    for (int minute = 20; minute < end; minute++) {
      assertThat(service.call(minute, chat("alice", "unanswered " + minute))).isEqualTo(500);
    }
  }

  private void slowBedrockDown() {
    STAND_IN.delay(Duration.ofMillis(600));
    for (int minute = 20; minute < end; minute += 5) {
      service.call(minute, chat("alice", "slow " + minute));
    }
  }

  private void invalidateInVain() {
    table.fail(down());
    assertThat(invalidate(end - 1)).isEqualTo(500);
  }

  private void breakTheTable() {
    table.fail(down());
    for (int minute = 20; minute < end; minute++) {
      for (int call = 0; call < 20; call++) {
        assertThat(service.call(minute, chat("alice", minute + " " + call))).isEqualTo(200);
      }
    }
  }

  private void failSomeWrites() {
    for (int minute = 20; minute < end; minute++) {
      try (PlayedService instance = new PlayedService(table, BEDROCK, data)) {
        table.fail(down());
        instance.call(minute, chat("alice", "not stored " + minute));
        table.fail(null);
      }
      healthy(minute, minute + 1);
    }
  }

  private void alterEntries() {
    service.call(20, chat("alice", "kept in the table"));
    table.alter();
    try (PlayedService another = new PlayedService(table, BEDROCK, data)) {
      another.call(end - 1, chat("alice", "kept in the table"));
    }
  }

  private static RuntimeException down() {
    return DynamoDbException.builder().statusCode(500).message("down").build();
  }
}
