package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** What operators do, seen by the instances of a service on the same table. */
class CacheAdminTest extends WarmTierFixture {
  private static final Duration DELAY = Duration.ofSeconds(10);
  private static final CacheScope BOB = CacheScope.user("bob").endpoint("chat");

  CacheAdminTest() {
    super(Way.SYNC);
  }

  private CacheAdmin admin() {
    return CacheAdmin.builder().client(dynamo()).tableName(table).build();
  }

  private CacheAdmin adminThroughProxy() {
    return CacheAdmin.builder()
        .client(closing(Dynamo.client(proxy.endpoint())))
        .tableName(table)
        .build();
  }

  /** Instances that all hold Alice's and Bob's answers in memory. */
  private List<BedrockCache> instances(int count) {
    List<BedrockCache> instances = IntStream.range(0, count).mapToObj(i -> instance()).toList();
    for (BedrockCache each : instances) {
      assertThat(ask(each, "question")).isEqualTo("1");
      assertThat(caller.ask(each, BOB, "question")).isEqualTo("2");
    }
    return instances;
  }

  private BedrockCache instance() {
    return closing(
        BedrockCache.builder().store(store()).timeSource(time).invalidationDelay(DELAY).build());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10})
  void s_q_erase_isObeyedByEveryInstanceWithinTheDelayAndLeavesOthersAlone(int count) {
    List<BedrockCache> instances = instances(count);
    assertThat(admin().erase(CacheScope.user("alice"))).isEqualTo(new ErasureReport(1, 0));
    time.advance(DELAY);
    for (BedrockCache each : instances) {
      assertThat(ask(each, "question")).isNotEqualTo("1");
      assertThat(caller.ask(each, BOB, "question")).isEqualTo("2");
    }
  }

  /** The control: it is the marker that they obey. */
  @Test
  void s_q_eraseWhoseMarkerIsLost_isNotObeyed() {
    List<BedrockCache> instances = instances(10);
    admin().erase(CacheScope.user("alice"));
    Dynamo.loseMarkers(dynamo(), table);
    time.advance(DELAY);
    for (BedrockCache each : instances) {
      assertThat(ask(each, "question")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10})
  void f71_purge_isObeyedByEveryInstanceWithinTheDelay(int count) {
    List<BedrockCache> instances = instances(count);
    admin().purge();
    time.advance(DELAY);
    for (BedrockCache each : instances) {
      assertThat(ask(each, "question")).isNotEqualTo("1");
      assertThat(caller.ask(each, BOB, "question")).isNotEqualTo("2");
    }
  }

  @Test
  void f71_purge_whenItsMarkerIsLost_isNotObeyed() {
    List<BedrockCache> instances = instances(2);
    admin().purge();
    Dynamo.loseMarkers(dynamo(), table);
    time.advance(DELAY);
    for (BedrockCache each : instances) {
      assertThat(ask(each, "question")).isEqualTo("1");
    }
  }

  @Test
  void f71_purge_ofAnotherNamespace_concernsNobodyHere() {
    List<BedrockCache> instances = instances(2);
    CacheAdmin.builder().client(dynamo()).tableName(table).namespace("default-2").build().purge();
    time.advance(DELAY);
    assertThat(ask(instances.get(0), "question")).isEqualTo("1");
  }

  @Test
  void erase_whenScopeNamesAnEndpoint_leavesTheOthers() {
    BedrockCache one = fresh();
    ask(one, "question");
    caller.ask(one, ALICE.endpoint("plan"), "question");
    assertThat(admin().erase(ALICE)).isEqualTo(new ErasureReport(1, 0));
    assertThat(caller.ask(fresh(), ALICE.endpoint("plan"), "question")).isEqualTo("2");
    assertThat(ask(fresh(), "question")).isEqualTo("3");
  }

  @Test
  void erase_ofWhatIsShared_reachesEveryShard() {
    BedrockCache one = fresh();
    CacheScope shared = CacheScope.shared().endpoint("motivation");
    for (int i = 0; i < 40; i++) {
      caller.ask(one, shared, "question " + i);
    }
    assertThat(admin().dryRun(CacheScope.shared())).isEqualTo(Map.of("motivation", 40L));
    assertThat(admin().erase(CacheScope.shared())).isEqualTo(new ErasureReport(40, 0));
    assertThat(items().keySet()).hasSize(16).allMatch(key -> key.endsWith(" M"));
  }

  /** Padded, or with bits set that no digest uses: they look like ours and are not. */
  @ParameterizedTest
  @ValueSource(strings = {"=", "unused bits"})
  void erase_whenASortKeyIsAlmostOurs_isCompleteAndCountsOnlyEntries(String how) {
    String key = new Digest(5, 6, 7, 8).text();
    String almost =
        how.equals("=") ? key + how : key.substring(0, 42) + (char) (key.charAt(42) + 1);
    String user = ALICE.partitions("default", null).get(0).principal().text();
    Dynamo.client()
        .putItem(
            put ->
                put.tableName(table)
                    .item(
                        Map.of(
                            "PK", AttributeValue.fromS("CACHE#default#" + user),
                            "SK", AttributeValue.fromS("E#chat#" + almost))));
    assertThat(admin().dryRun(ALICE)).isEmpty();
    assertThat(admin().erase(ALICE)).isEqualTo(new ErasureReport(0, 0));
  }

  @Test
  void dryRun_countsByEndpointAndChangesNothing() {
    BedrockCache one = fresh();
    ask(one, "one");
    ask(one, "two");
    caller.ask(one, ALICE.endpoint("plan"), "three");
    caller.ask(one, BOB, "four");
    Map<String, Map<String, AttributeValue>> before = items();
    assertThat(admin().dryRun(CacheScope.user("alice"))).isEqualTo(Map.of("chat", 2L, "plan", 1L));
    assertThat(admin().dryRun(ALICE)).isEqualTo(Map.of("chat", 2L));
    assertThat(items()).isEqualTo(before);
  }

  @Test
  void erase_withTheCachesKeySecret_findsTheUser() {
    byte[] bytes = new byte[32];
    KeySecret secret = KeySecret.of(bytes);
    BedrockCache cache = closing(BedrockCache.builder().store(store()).keySecret(secret).build());
    ask(cache, "question");
    assertFoundNothing(admin().erase(ALICE));
    CacheAdmin knowing =
        CacheAdmin.builder().client(dynamo()).tableName(table).keySecret(secret).build();
    ErasureReport erased = knowing.erase(ALICE);
    assertThat(erased).isEqualTo(new ErasureReport(1, 0));
    assertThat(erased.complete()).isTrue();
    assertThat(erased.nothingFound()).isFalse();
    assertThat(erased).hasToString("ErasureReport[complete, deleted=1, left=0]");
    assertFoundNothing(knowing.erase(ALICE)); // once more
  }

  @Test
  void erase_whileTheSecretIsChanged_findsWhatIsUnderBoth() {
    KeySecret secret = KeySecret.of(new byte[32]);
    ask(fresh(), "question");
    ask(closing(BedrockCache.builder().store(store()).keySecret(secret).build()), "question");
    CacheAdmin both =
        CacheAdmin.builder()
            .client(dynamo())
            .tableName(table)
            .keySecret(secret.alsoInvalidates(KeySecret.none()))
            .build();
    assertThat(both.dryRun(ALICE)).isEqualTo(Map.of("chat", 2L));
    assertThat(both.erase(ALICE)).isEqualTo(new ErasureReport(2, 0));
  }

  private static void assertFoundNothing(ErasureReport report) {
    assertThat(report.nothingFound()).isTrue();
    assertThat(report.complete()).isFalse();
    assertThat(report).hasToString("ErasureReport[nothing found, deleted=0, left=0]");
  }

  /** Each setting that names a place can be wrong; none of them makes an erasure complete. */
  @Test
  void erase_whenASettingIsNotTheCaches_saysThatNothingWasFound() {
    ask(fresh(), "question");
    CacheAdmin.Builder other = CacheAdmin.builder().client(dynamo()).tableName(table);
    assertFoundNothing(other.namespace("prod").build().erase(ALICE));
    assertFoundNothing(other.namespace("default").keyPrefix("KEPT#").build().erase(ALICE));
    assertFoundNothing(
        other
            .keyPrefix("CACHE#")
            .keySecret(KeySecret.of(new byte[32]))
            .build()
            .erase(CacheScope.user("alice")));
    assertFoundNothing(admin().erase(ALICE.endpoint("chart")));
    assertFoundNothing(admin().erase(CacheScope.user("Alice")));
    assertThat(admin().dryRun(ALICE)).isEqualTo(Map.of("chat", 1L));
  }

  @Test
  void purge_ofANamespaceThatIsNotInUse_saysSo() {
    caller.ask(fresh(), CacheScope.shared().endpoint("motivation"), "question");
    assertThat(admin().purge()).isTrue();
    CacheAdmin mistaken =
        CacheAdmin.builder().client(dynamo()).tableName(table).namespace("defualt").build();
    assertThat(mistaken.purge()).isFalse();
    assertThat(mistaken.purge()).as("its own marker is there now").isTrue();
  }

  // 10,000 entries of one user, among others' items and with calls in flight.

  private static final int MANY = 10_000;

  private void fill(CacheScope scope, int count) {
    Partition partition = scope.partitions("default", null).get(0);
    String pk = "CACHE#default#" + partition.principal().text();
    Random random = new Random(1);
    List<WriteRequest> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Digest key =
          new Digest(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
      Map<String, AttributeValue> item =
          Map.of(
              "PK", AttributeValue.fromS(pk),
              "SK", AttributeValue.fromS("E#chat#" + key.text()),
              "b", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[100])));
      batch.add(WriteRequest.builder().putRequest(p -> p.item(item)).build());
      if (batch.size() == 25 || i == count - 1) {
        Map<String, List<WriteRequest>> all = Map.of(table, List.copyOf(batch));
        dynamo().batchWriteItem(w -> w.requestItems(all));
        batch.clear();
      }
    }
  }

  private Map<String, Map<String, AttributeValue>> othersThan(CacheScope scope) {
    String own = scope.partitions("default", null).get(0).principal().text();
    Map<String, Map<String, AttributeValue>> others = new HashMap<>(items());
    others.keySet().removeIf(key -> key.contains(own));
    return others;
  }

  /** Erases while a call of Alice's waits for Bedrock, which then writes what it got. */
  private ErasureReport eraseDuringAFill(BedrockCache filling) throws Exception {
    bedrock.hold();
    int before = bedrock.requests();
    CompletableFuture<String> inFlight =
        CompletableFuture.supplyAsync(() -> ask(filling, "racing"));
    bedrock.awaitRequests(before + 1);
    proxy.play(FaultProxy.Mode.STRUGGLING, "");
    ErasureReport report = adminThroughProxy().erase(CacheScope.user("alice"));
    proxy.heal();
    bedrock.release();
    assertThat(inFlight.get(60, TimeUnit.SECONDS)).isEqualTo("1");
    return report;
  }

  @Test
  void f08_f70_s_q_10000EntriesThrottlingUnprocessedItemsAndARacingFill_nothingIsServedAgain()
      throws Exception {
    fill(ALICE, MANY);
    fill(BOB, 60);
    dynamo()
        .putItem(
            put ->
                put.tableName(table)
                    .item(
                        Map.of(
                            "PK", AttributeValue.fromS("USER#alice"),
                            "SK", AttributeValue.fromS("PROFILE"))));
    Map<String, Map<String, AttributeValue>> others = othersThan(ALICE);
    BedrockCache filling = fresh();
    assertThat(eraseDuringAFill(filling)).isEqualTo(new ErasureReport(MANY, 0));
    assertThat(othersThan(ALICE)).isEqualTo(others);
    assertThat(ask(fresh(), "racing")).isEqualTo("2");
    time.advance(DELAY);
    assertThat(ask(filling, "racing")).isNotEqualTo("1");
    assertThat(othersThan(ALICE)).isEqualTo(others);
  }

  /** The control: without the markers the racing fill comes back. */
  @Test
  void f70_racingFillWhenTheMarkersAreLost_isServedAgain() throws Exception {
    fill(ALICE, 30);
    BedrockCache filling = fresh();
    eraseDuringAFill(filling);
    Dynamo.loseMarkers(dynamo(), table);
    assertThat(ask(fresh(), "racing")).isEqualTo("1");
  }

  @Test
  void f08_unprocessedForEver_endsAndReportsWhatIsLeft() {
    fill(ALICE, 30);
    proxy.play(FaultProxy.Mode.UNPROCESSING, "");
    ErasureReport report = adminThroughProxy().erase(ALICE);
    assertThat(report).isEqualTo(new ErasureReport(0, 30));
    assertThat(report.complete()).isFalse();
    proxy.heal();
    assertThat(adminThroughProxy().erase(ALICE)).isEqualTo(new ErasureReport(30, 0));
  }

  @Test
  void f27_deletionInterrupted_reportsWhatIsLeftAndGoesOnWhenCalledAgain() {
    fill(ALICE, 100);
    long[] seen = {0};
    CacheAdmin stopping =
        CacheAdmin.builder()
            .client(closing(Dynamo.client(proxy.endpoint())))
            .tableName(table)
            .onProgress(
                deleted -> {
                  seen[0] = deleted;
                  if (deleted == 50) {
                    proxy.refuse("AccessDeniedException", "BatchWriteItem");
                  }
                })
            .build();
    assertThat(stopping.erase(ALICE)).isEqualTo(new ErasureReport(50, 50));
    assertThat(seen[0]).isEqualTo(50);
    proxy.heal();
    assertThat(stopping.erase(ALICE).left()).isZero();
    assertThat(admin().dryRun(ALICE)).isEmpty();
  }

  @Test
  void f72_s_q_markerNotAcknowledged_throwsAndDeletesNothing() {
    fill(ALICE, 3);
    proxy.refuse("AccessDeniedException", "UpdateItem");
    assertThatThrownBy(() -> adminThroughProxy().erase(ALICE)).isInstanceOf(SdkException.class);
    assertThatThrownBy(() -> adminThroughProxy().purge()).isInstanceOf(SdkException.class);
    assertThat(admin().dryRun(ALICE)).isEqualTo(Map.of("chat", 3L));
  }

  /** One of the 16 shards has no new marker: not done, and said so. */
  @Test
  void invalidate_ofWhatIsSharedWhenOneShardRefuses_throwsAndIsDoneWhenCalledAgain() {
    CacheScope shared = CacheScope.shared().endpoint("motivation");
    BedrockCache cache = cache(throughProxy(Kind.SYNC));
    for (int i = 0; i < 8; i++) {
      caller.ask(cache, shared, "question " + i);
    }
    proxy.refuseAfter(15, "UpdateItem");
    assertThatThrownBy(() -> cache.invalidate(shared)).isInstanceOf(SdkClientException.class);
    proxy.heal();
    assertThat(cache.invalidate(shared)).isEqualTo(8);
    assertThat(items().keySet()).hasSize(16).allMatch(key -> key.endsWith(" M"));
  }

  @Test
  void build_whenSettingsAreMissing_saysWhatToDo() {
    assertThatThrownBy(() -> CacheAdmin.builder().tableName("t").build())
        .hasMessageContaining("call client");
    assertThatThrownBy(() -> CacheAdmin.builder().client(dynamo()).build())
        .hasMessageContaining("call tableName");
    assertThatThrownBy(
            () -> CacheAdmin.builder().client(dynamo()).tableName("t").namespace("a b").build())
        .isInstanceOf(IllegalArgumentException.class);
  }
}
