package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A table that answers every look-up and leaves some of its keys unprocessed: it throttles. */
class UnprocessedKeysTest extends WarmTierFixture {
  private static final Pattern KEYS =
      Pattern.compile("\\{\"[PS]K\":\\{[^{}]*},\"[PS]K\":\\{[^{}]*}}");

  /** How many calls it takes to open the circuit breaker. */
  private static final int CALLS = 8;

  UnprocessedKeysTest() {
    super(Way.SYNC);
  }

  /** Leaves unprocessed each key that contains a text, and finds nothing under the others. */
  private static CannedHttp leaving(String sort) {
    return new CannedHttp(
        body -> {
          StringBuilder left = new StringBuilder();
          Matcher key = KEYS.matcher(body);
          while (key.find()) {
            if (key.group().contains(sort)) {
              left.append(left.length() == 0 ? "" : ",").append(key.group());
            }
          }
          return CannedHttp.Reply.ok(
              "{\"Responses\":{\"t\":[]},\"UnprocessedKeys\":{\"t\":{\"Keys\":[" + left + "]}}}");
        });
  }

  private BedrockCache over(CannedHttp http) {
    return cache(
        DynamoDbCacheStore.builder()
            .tableName("t")
            .timeSource(time)
            .client(
                closing(
                    Dynamo.configured(DynamoDbClient.builder(), URI.create("http://127.0.0.1:1"))
                        .httpClient(http)
                        .build())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"E#chat", "\"M\"", "\"CACHE#default\""})
  void f08_keysLeftUnprocessed_areAMissWithAFaultAndNothingIsWrittenAndTheBreakerOpens(
      String left) {
    CannedHttp http = leaving(left);
    BedrockCache cache = over(http);
    for (int i = 1; i <= 60; i++) {
      assertThat(ask(cache, "question " + i)).isEqualTo("" + i);
    }
    assertThat(http.requests).hasSize(CALLS).noneMatch(body -> body.contains("\"Item\""));
    assertThat(faults(cache).keySet())
        .containsAnyOf(CacheFault.STORE_READ_FAILED, CacheFault.MARKERS_UNKNOWN);
    assertThat(count(cache, CacheFault.STORE_UNAVAILABLE)).isEqualTo(60 - CALLS);
    assertThat(ask(cache, "question 1")).isEqualTo("1"); // from memory
  }

  /** The one call of an interval that tries the table again gets no answer either. */
  @Test
  void f08_keysLeftUnprocessedOfAProbe_doNotEndTheOutage() {
    CannedHttp http = leaving("E#chat");
    BedrockCache cache = over(http);
    for (int i = 0; i < CALLS; i++) {
      ask(cache, "question " + i);
    }
    for (int i = 1; i <= 3; i++) {
      time.advance(DynamoDbCacheStore.builder().probeInterval);
      int probes = CALLS + i;
      ask(cache, "probing " + i);
      Await.until("the probe is made", () -> http.requests.size() == probes);
      ask(cache, "afterwards " + i);
    }
    assertThat(http.requests).hasSize(CALLS + 3);
  }

  @Test
  void f08_noteOfTheFleetLeftUnprocessed_isNotWrittenAgain() {
    CannedHttp http = leaving("E#chat");
    BedrockCache cache =
        closing(
            BedrockCache.builder()
                .store(
                    DynamoDbCacheStore.builder()
                        .tableName("t")
                        .readBudget(Dynamo.PATIENT)
                        .client(
                            closing(
                                Dynamo.configured(
                                        DynamoDbClient.builder(), URI.create("http://127.0.0.1:1"))
                                    .httpClient(http)
                                    .build()))
                        .build())
                .mode(CacheMode.OBSERVE)
                .observeFleet(true)
                .build());
    ask(cache, "question");
    assertThat(http.requests).hasSize(1).noneMatch(body -> body.contains("\"Item\""));
    assertThat(count(cache, CacheFault.STORE_READ_FAILED)).isEqualTo(1);
  }

  /** A connection answers with the reply to another's aborted request. */
  @Test
  void s_a_f15_itemsUnderOtherKeys_openTheBreaker() {
    String others = CannedHttp.key("CACHE#default#" + "x".repeat(43), "M");
    CannedHttp http =
        new CannedHttp(body -> CannedHttp.Reply.ok("{\"Responses\":{\"t\":[{" + others + "}]}}"));
    BedrockCache cache = over(http);
    for (int i = 1; i <= 20; i++) {
      assertThat(ask(cache, "question " + i)).isEqualTo("" + i);
    }
    assertThat(http.requests).hasSize(CALLS);
  }
}
