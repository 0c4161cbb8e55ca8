package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.LiveSettings;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Operators set the mode of a fleet in its table. Each instance stands for a process. */
@ParameterizedClass
@EnumSource(Way.class)
class LiveSettingsTest extends WarmTierFixture {
  private static final Duration DELAY = Duration.ofSeconds(10);
  private static final int PROCESSES = 10;

  LiveSettingsTest(Way way) {
    super(way);
  }

  private CacheAdmin admin() {
    return CacheAdmin.builder().client(dynamo()).tableName(table).build();
  }

  private BedrockCache instance(Kind kind) {
    return closing(
        BedrockCache.builder()
            .store(throughProxy(kind).readBudget(SHORT).writeBudget(SHORT).build())
            .timeSource(time)
            .invalidationDelay(DELAY)
            .liveSettingsFromStore()
            .build());
  }

  /** Ten processes, half with an async client for the table, that have all asked once. */
  private List<BedrockCache> fleet() {
    List<BedrockCache> fleet =
        IntStream.range(0, PROCESSES)
            .mapToObj(i -> instance(i % 2 == 0 ? Kind.SYNC : Kind.ASYNC))
            .toList();
    fleet.forEach(each -> ask(each, "question"));
    assertThat(bedrock.requests()).isEqualTo(1);
    return fleet;
  }

  private void set(LiveSettings settings) {
    admin().liveSettings(settings);
    time.advance(DELAY.plusMillis(1));
  }

  private void assertAll(List<BedrockCache> fleet, Status status) {
    for (BedrockCache each : fleet) {
      assertThat(outcome(each).status()).isEqualTo(status);
    }
  }

  private CacheOutcome outcome(BedrockCache cache) {
    return CacheOutcome.of(call(cache, ALICE, "question"));
  }

  @Test
  void liveSettings_whenTheFleetIsSwitchedOffAndOn_areObeyedByEachProcess() {
    List<BedrockCache> fleet = fleet();
    set(LiveSettings.mode(CacheMode.OFF));
    assertAll(fleet, Status.BYPASS);
    assertThat(fleet).allMatch(each -> each.mode() == CacheMode.OFF);
    int calls = bedrock.requests();
    set(LiveSettings.NONE);
    assertAll(fleet, Status.HIT);
    assertThat(bedrock.requests()).isEqualTo(calls);
  }

  @Test
  void liveSettings_fromZeroPercentToAll_areObeyedByEachProcess() {
    List<BedrockCache> fleet = fleet();
    set(new LiveSettings(null, 0.0, Set.of()));
    assertAll(fleet, Status.BYPASS);
    set(new LiveSettings(null, 100.0, Set.of()));
    assertAll(fleet, Status.HIT);
  }

  @Test
  void liveSettings_ofAnEndpoint_leaveTheOthersOn() {
    List<BedrockCache> fleet = fleet();
    set(new LiveSettings(null, null, Set.of("plan")));
    assertAll(fleet, Status.HIT);
    set(new LiveSettings(null, null, Set.of("chat")));
    for (BedrockCache each : fleet) {
      assertThat(outcome(each).reason()).contains(CacheReason.SWITCHED_OFF);
    }
  }

  /** The breaker keeps look-ups away from the table, and not the settings. */
  @Test
  void liveSettings_whileTheBreakerIsOpen_areObeyedByEachProcess() {
    List<BedrockCache> fleet = fleet();
    proxy.refuse("AccessDeniedException"); // permanent: one failure opens the breaker for minutes
    time.advance(DELAY.plusMillis(1));
    fleet.forEach(each -> ask(each, "another question"));
    proxy.heal();
    set(LiveSettings.mode(CacheMode.OFF));
    assertAll(fleet, Status.BYPASS);
    set(LiveSettings.mode(CacheMode.ON));
    for (BedrockCache each : fleet) {
      assertThat(outcome(each).status()).isNotEqualTo(Status.BYPASS);
      assertThat(faults(each)).containsKey(CacheFault.STORE_UNAVAILABLE);
    }
  }

  /** As in a Lambda function between two calls: no thread ran, and only the wall clock went on. */
  @Test
  void liveSettings_afterAFreeze_areObeyedByTheFirstCall() {
    List<BedrockCache> fleet = fleet();
    admin().liveSettings(LiveSettings.mode(CacheMode.OFF));
    time.setWall(time.now().plus(Duration.ofHours(1)));
    assertAll(fleet, Status.BYPASS);
  }

  /** The control: without the setting the item is not read. */
  @Test
  void liveSettings_whenACacheDoesNotReadThem_areNotObeyed() {
    BedrockCache cache =
        closing(
            BedrockCache.builder()
                .store(store())
                .timeSource(time)
                .invalidationDelay(DELAY)
                .build());
    ask(cache, "question");
    set(LiveSettings.mode(CacheMode.OFF));
    assertThat(outcome(cache).status()).isEqualTo(Status.HIT);
  }

  @Test
  void liveSettings_ofAnotherNamespace_concernNobodyHere() {
    List<BedrockCache> fleet = fleet();
    CacheAdmin.builder()
        .client(dynamo())
        .tableName(table)
        .namespace("default-2")
        .build()
        .liveSettings(LiveSettings.mode(CacheMode.OFF));
    time.advance(DELAY.plusMillis(1));
    assertAll(fleet, Status.HIT);
  }

  /** Markers have a TTL and settings have not, whichever is written first. */
  @Test
  void liveSettings_besideThePurge_neverExpire() {
    admin().purge();
    admin().liveSettings(LiveSettings.mode(CacheMode.OFF));
    admin().purge();
    assertThat(items().values()).hasSize(1).noneMatch(item -> item.containsKey("ttl"));
    assertThat(admin().liveSettings()).isEqualTo(LiveSettings.mode(CacheMode.OFF));
    assertThat(ask(instance(Kind.SYNC), "question")).isEqualTo("1");
    admin().liveSettings(LiveSettings.NONE);
    assertThat(admin().liveSettings()).isEqualTo(LiveSettings.NONE);
    assertThat(items().values()).as("the marker is still there").hasSize(1);
  }

  @Test
  void liveSettings_whenTheItemHoldsSomethingElse_keepTheLast() {
    List<BedrockCache> fleet = fleet();
    set(LiveSettings.mode(CacheMode.OFF));
    assertAll(fleet, Status.BYPASS);
    for (AttributeValue broken :
        List.of(AttributeValue.fromN("1"), AttributeValue.fromS("{\"mode\": \"offf\"}"))) {
      dynamo()
          .updateItem(
              update ->
                  update
                      .tableName(table)
                      .key(
                          Map.of(
                              "PK", AttributeValue.fromS("CACHE#default"),
                              "SK", AttributeValue.fromS("M")))
                      .updateExpression("SET c = :c")
                      .expressionAttributeValues(Map.of(":c", broken)));
      time.advance(DELAY.plusMillis(1));
      assertAll(fleet, Status.BYPASS);
      for (BedrockCache each : fleet) {
        assertThat(faults(each)).containsKey(CacheFault.SETTINGS_UNREADABLE);
      }
    }
    assertThatIllegalArgumentException().isThrownBy(() -> admin().liveSettings());
  }

  @Test
  void liveSettings_whileTheTableIsAway_leaveEachProcessItsOwn() {
    proxy.stop();
    BedrockCache cache = instance(Kind.SYNC);
    assertThat(ask(cache, "question")).isEqualTo("1");
    assertThat(cache.mode()).isEqualTo(CacheMode.ON);
    proxy.resume();
    set(LiveSettings.mode(CacheMode.OFF));
    ask(cache, "question");
    assertThat(cache.mode()).isEqualTo(CacheMode.OFF);
  }
}
