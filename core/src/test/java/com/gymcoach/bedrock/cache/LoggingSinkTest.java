package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** A line a call, and the queries that GymCoach's operators ask of such lines. */
@SuppressWarnings("NullAway") // a missing field fails the test
class LoggingSinkTest {
  private static final Duration TTL = Duration.ofMinutes(1);

  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();
  private final Queue<Runnable> behind = new ArrayDeque<>();

  @BeforeEach
  void capture() {
    CapturedLog.start();
  }

  @AfterEach
  void stop() {
    CapturedLog.stop();
  }

  private BedrockCache cache() {
    return BedrockCache.builder()
        .store(store)
        .timeSource(time)
        .executor(behind::add)
        .ttlPolicy(
            TtlPolicy.fixed(TTL).withJitter(0).withStaleWhileRevalidate(Duration.ofMinutes(1)))
        .metricsSink(MetricsSink.logging())
        .build();
  }

  private void ask(BedrockCache cache, String question) {
    CachingBedrockClient.create(bedrock, cache)
        .forScope(CacheScope.user("alice").endpoint("chat"))
        .converse(FakeBedrock.ask(question));
  }

  private static List<LoggingEvent> lines() {
    return CapturedLog.stop().stream()
        .filter(event -> event.getLoggerName().equals("com.gymcoach.bedrock.cache.calls"))
        .toList();
  }

  private static Map<String, Object> pairs(LoggingEvent line) {
    Map<String, Object> pairs = new LinkedHashMap<>();
    for (KeyValuePair pair : line.getKeyValuePairs()) {
      assertThat(pairs.put(pair.key, pair.value)).as(pair.key).isNull();
    }
    return pairs;
  }

  @Test
  void line_ofEachCall_tellsWhatItCameTo() {
    bedrock.answer =
        request -> {
          time.advance(Duration.ofMillis(1_250));
          return FakeBedrock.reply("one", StopReason.END_TURN);
        };
    BedrockCache cache = cache();
    ask(cache, "one");
    time.advance(Duration.ofSeconds(12));
    ask(cache, "one");
    ask(cache(), "one");

    List<LoggingEvent> lines = lines();
    assertThat(lines).hasSize(3);
    assertThat(lines).allSatisfy(line -> assertThat(line.getLevel()).isEqualTo(Level.INFO));
    assertThat(lines).extracting(LoggingEvent::getMessage).containsOnly("Bedrock call");
    Map<String, Object> same =
        Map.of(
            "endpoint", "chat",
            "model", "amazon.nova-micro-v1:0",
            "operation", "Converse",
            "inputTokens", 12L,
            "outputTokens", 34L);
    assertThat(lines).allSatisfy(line -> assertThat(pairs(line)).containsAllEntriesOf(same));
    assertThat(pairs(lines.get(0)))
        .containsAllEntriesOf(
            Map.of(
                "cached",
                false,
                "cacheSource",
                "bedrock",
                "cacheAge",
                0L,
                "status",
                "MISS",
                "reason",
                "ABSENT",
                "latencyMs",
                1_250.0,
                "costSavedUsd",
                0.0));
    assertThat(pairs(lines.get(1)))
        .containsAllEntriesOf(
            Map.of(
                "cached",
                true,
                "cacheSource",
                "hot",
                "cacheAge",
                12L,
                "status",
                "HIT",
                "latencyMs",
                0.0,
                "costSavedUsd",
                (12 * 0.075 + 34 * 0.3) / 1e6))
        .doesNotContainKey("reason");
    assertThat(pairs(lines.get(2))).containsEntry("cacheSource", "warm");
  }

  @Test
  void line_ofWhatIsNotKnown_leavesItOut() {
    bedrock.answer =
        request ->
            FakeBedrock.reply("one", StopReason.END_TURN).copy(r -> r.usage(u -> u.totalTokens(1)));
    ask(cache(), "one");
    assertThat(pairs(lines().get(0)))
        .doesNotContainKeys("inputTokens", "outputTokens", "background")
        .containsEntry("costSavedUsd", 0.0);
  }

  @Test
  void line_ofACallBehindCallersBacks_saysSo() {
    BedrockCache cache = cache();
    ask(cache, "one");
    time.advance(TTL);
    ask(cache, "one");
    behind.remove().run();
    List<LoggingEvent> lines = lines();
    assertThat(lines).hasSize(3);
    assertThat(pairs(lines.get(1)))
        .containsEntry("reason", "STALE_WHILE_REVALIDATE")
        .containsEntry("cached", true)
        .doesNotContainKey("background");
    assertThat(pairs(lines.get(2)))
        .containsEntry("background", true)
        .containsEntry("cached", false)
        .containsEntry("costSavedUsd", -(12 * 0.075 + 34 * 0.3) / 1e6);
  }

  /** The caller got what it asked for: Bedrock was not called, and nothing went wrong. */
  @Test
  void line_ofOnlyIfCachedWithoutAnEntry_isNoError() throws IOException {
    CachingBedrockClient client = CachingBedrockClient.create(bedrock, cache());
    for (CachingBedrockClient each :
        List.of(client.forScope(CacheScope.user("alice").endpoint("chat")), client)) {
      assertThatExceptionOfType(CacheMissException.class)
          .isThrownBy(
              () -> each.converse(CacheControl.ONLY_IF_CACHED.applyTo(FakeBedrock.ask("one"))));
    }
    List<LoggingEvent> lines = lines();
    assertThat(lines)
        .extracting(line -> pairs(line).get("status"))
        .containsExactly("MISS", "BYPASS");
    for (LoggingEvent line : lines) {
      assertThat(pairs(line)).containsEntry("reason", "ONLY_IF_CACHED");
      assertThat(json(line)).doesNotContainIgnoringCase("error");
    }
  }

  /**
   * The three kinds of query of GymCoach's operators, evaluated on the lines as a JSON layout
   * writes them: how the cache does, errors, and what it saves.
   */
  @Test
  void queries_ofTheOperators_workOnTheLines() throws IOException {
    BedrockCache cache = cache();
    ask(cache, "one");
    ask(cache, "one");
    ask(cache, "one");
    ask(cache(), "one");
    bedrock.answer =
        request -> {
          throw FakeBedrock.throttled();
        };
    assertThat(catchThrowable(() -> ask(cache, "two"))).isNotNull();

    List<Map<String, JsonNode>> messages = new ArrayList<>();
    int errors = 0;
    for (LoggingEvent line : lines()) {
      String message = json(line);
      messages.add(JsonNodeParser.create().parse(message).asObject());
      if (message.toLowerCase(Locale.ROOT).contains("error")) {
        errors++; // filter @message like /error/i
      }
    }
    assertThat(messages).hasSize(5);
    assertThat(errors).isEqualTo(1);

    // filter cached = true | stats count() by cacheSource
    Map<String, Integer> bySource = new TreeMap<>();
    double saved = 0; // stats sum(costSavedUsd) by endpoint
    for (Map<String, JsonNode> message : messages) {
      if (message.get("cached").asBoolean()) {
        bySource.merge(message.get("cacheSource").asString(), 1, Integer::sum);
      }
      assertThat(message.get("endpoint").asString()).isEqualTo("chat");
      saved += Double.parseDouble(message.get("costSavedUsd").asNumber());
    }
    assertThat(bySource).isEqualTo(Map.of("hot", 2, "warm", 1));
    assertThat(saved).isCloseTo(3 * 11.1e-6, within(1e-15));
  }

  /** Returns a line as a JSON layout writes it: each pair a member at the top. */
  private static String json(LoggingEvent line) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
      out.writeStartObject();
      out.writeStringField("level", line.getLevel().name());
      out.writeStringField("message", line.getMessage());
      for (Map.Entry<String, Object> pair : pairs(line).entrySet()) {
        out.writeFieldName(pair.getKey());
        if (pair.getValue() instanceof Boolean flag) {
          out.writeBoolean(flag);
        } else if (pair.getValue() instanceof Number number) {
          out.writeNumber(number.toString());
        } else {
          out.writeString(pair.getValue().toString());
        }
      }
      out.writeEndObject();
    }
    return text.toString();
  }
}
