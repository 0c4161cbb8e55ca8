package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;

/** The partitions of a scope, which stores and the tools that maintain them rely on. */
class CacheScopeTest {
  private static final CacheScope ALICE = CacheScope.user("alice");
  private static final KeySecret ONE = secret(1);
  private static final KeySecret TWO = secret(2);

  private static KeySecret secret(int fill) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) fill);
    return KeySecret.of(bytes);
  }

  private static List<Partition> all(List<Partition> first, List<Partition> second) {
    return Stream.of(first, second).flatMap(List::stream).toList();
  }

  /** A constant one would make a slow map of scopes. */
  @Test
  void hashCode_ofManyScopes_isRarelyTheSame() {
    assertThat(
            IntStream.range(0, 1000).mapToObj(i -> CacheScope.user("u" + i).hashCode()).distinct())
        .hasSizeGreaterThan(900);
  }

  @Test
  void partitions_ofAUser_areOneWholePartition() {
    assertThat(ALICE.partitions("prod", ONE))
        .singleElement()
        .satisfies(
            partition -> {
              assertThat(partition.namespace()).isEqualTo("prod");
              assertThat(partition.shard()).isEqualTo(Partition.WHOLE);
            });
  }

  @Test
  void partitions_ofTheSharedScope_areItsSixteenShardsByNumber() {
    List<Partition> shards = CacheScope.shared().partitions("prod", ONE);
    assertThat(shards)
        .extracting(Partition::shard)
        .containsExactlyElementsOf(IntStream.range(0, 16).boxed().toList());
    assertThat(shards).extracting(Partition::principal).containsOnly(shards.get(0).principal());
  }

  @Test
  void partitions_whenASecretAlsoInvalidatesOthers_areItsOwnAndThenThoseOfEach() {
    KeySecret both = ONE.alsoInvalidates(TWO, KeySecret.none());
    for (CacheScope scope : List.of(ALICE, CacheScope.shared())) {
      List<Partition> expected =
          all(
              scope.partitions("prod", ONE),
              all(scope.partitions("prod", TWO), scope.partitions("prod", null)));
      assertThat(scope.partitions("prod", both))
          .containsExactlyElementsOf(expected)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void partitions_whenASecretIsNamedTwice_containItsOwnOnce() {
    assertThat(ALICE.partitions("prod", ONE.alsoInvalidates(ONE, TWO)))
        .isEqualTo(all(ALICE.partitions("prod", ONE), ALICE.partitions("prod", TWO)));
  }

  @Test
  void partitions_withoutASecret_areThoseOfNone() {
    assertThat(ALICE.partitions("prod", null))
        .isEqualTo(ALICE.partitions("prod", KeySecret.none()))
        .isNotEqualTo(ALICE.partitions("prod", ONE));
  }

  @Test
  void partitions_ofAnEndpointAndAVariant_areThoseOfTheScope() {
    assertThat(ALICE.endpoint("chat").vary("locale", "de").partitions("prod", ONE))
        .isEqualTo(ALICE.partitions("prod", ONE));
  }

  @Test
  void partitions_holdWhatACacheStores() {
    KeySecret secret = TWO.alsoInvalidates(ONE);
    for (CacheScope scope : List.of(ALICE, CacheScope.shared())) {
      FakeStore store = new FakeStore();
      BedrockCache cache =
          BedrockCache.builder().namespace("prod").keySecret(secret).store(store).build();
      CachingBedrockClient.create(new FakeBedrock(), cache)
          .forScope(scope.endpoint("chat"))
          .converse(FakeBedrock.ask("one"));
      int ofOneSecret = scope.partitions("prod", TWO).size();
      assertThat(store.entries.keySet())
          .extracting(EntryAddress::partition)
          .singleElement()
          .isIn(scope.partitions("prod", secret).subList(0, ofOneSecret));
    }
  }

  @Test
  void partitions_ofAnUnusableNamespace_areRefused() {
    assertThatThrownBy(() -> ALICE.partitions("a b", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("namespace");
  }

  @Test
  void user_ofOneTo1024Characters_isTaken() {
    assertThat(CacheScope.user("a").user()).contains("a");
    assertThat(CacheScope.user("a".repeat(1024)).user()).isPresent();
    for (String id : List.of("", "a".repeat(1025))) {
      assertThatThrownBy(() -> CacheScope.user(id)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void equals_whenOneThingDiffers_isFalse() {
    CacheScope scope = CacheScope.user("alice").endpoint("chat").vary("locale", "de");
    assertThat(scope)
        .isEqualTo(CacheScope.user("alice").endpoint("chat").vary("locale", "de"))
        .hasSameHashCodeAs(CacheScope.user("alice").endpoint("chat").vary("locale", "de"))
        .isNotEqualTo(CacheScope.user("bob").endpoint("chat").vary("locale", "de"))
        .isNotEqualTo(CacheScope.user("alice").endpoint("plan").vary("locale", "de"))
        .isNotEqualTo(CacheScope.user("alice").endpoint("chat").vary("locale", "en"))
        .isNotEqualTo(CacheScope.shared().endpoint("chat").vary("locale", "de"))
        .isNotEqualTo("alice");
  }

  @Test
  void toString_tellsNoUserAndNoValue() {
    assertThat(CacheScope.user("alice")).hasToString("CacheScope[user]");
    assertThat(CacheScope.shared()).hasToString("CacheScope[shared]");
    assertThat(CacheScope.user("alice").endpoint("chat").vary("locale", "de"))
        .hasToString("CacheScope[user, endpoint=chat, vary=[locale]]");
  }

  @Test
  void of_aRequestWithAScope_isThatScope() {
    ConverseRequest request = ConverseRequest.builder().modelId("m").build();
    CacheScope scope = CacheScope.user("alice");
    assertThat(CacheScope.of(request)).isEmpty();
    assertThat(CacheScope.of(scope.applyTo(request))).contains(scope);
  }
}
