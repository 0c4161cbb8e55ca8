package com.gymcoach.bedrock.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;

/** A service's own keys: where they apply, and the bounds that they never cross. */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class KeyGeneratorTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final KeyGenerator ALWAYS_THE_SAME = (call, request) -> new byte[] {1};

  private final CallingStyle way;
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();

  KeyGeneratorTest(CallingStyle way) {
    this.way = way;
  }

  private BedrockCacheBuilder builder(KeyGenerator generator) {
    return BedrockCache.builder().keyGenerator(generator);
  }

  private CacheOutcome ask(BedrockCache cache, CacheScope scope, String question) {
    Caller client = way.over(bedrock, cache).forScope(scope);
    return CacheOutcome.of(client.converse(FakeBedrock.ask(question)));
  }

  @Test
  void keyOf_isTold_operationModelEndpointAndWhetherAnswersAreShared() {
    List<CallContext> told = new ArrayList<>();
    KeyGenerator generator =
        (call, request) -> {
          told.add(call);
          return null;
        };
    try (BedrockCache cache = builder(generator).build()) {
      ask(cache, ALICE, "one");
      ask(cache, CacheScope.shared(), "one");
    }
    String model = "amazon.nova-micro-v1:0";
    assertThat(told)
        .containsExactly(
            new CallContext("Converse", model, "chat"),
            new CallContext("Converse", model, "default", true));
  }

  /** Entries made without a generator are found with one that leaves them alone. */
  @Test
  void keyOf_whenItIsNull_isTheStandardKey() {
    try (BedrockCache without = BedrockCache.builder().store(store).build();
        BedrockCache with = builder((call, request) -> null).store(store).build()) {
      ask(without, ALICE, "one");
      assertThat(ask(with, ALICE, "one").source()).isEqualTo(CacheSource.WARM);
      assertThat(ask(with, ALICE, "two").status()).isEqualTo(Status.MISS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keyOf_whenItConcernsOneEndpoint_leavesTheOthersAlone(boolean pure) {
    KeyGenerator catalogue =
        new KeyGenerator() {
          @Override
          public byte @Nullable [] keyOf(CallContext call, SdkRequest request) {
            return call.endpoint().equals("catalogue") ? "7".getBytes(UTF_8) : null;
          }

          @Override
          public boolean pure() {
            return pure;
          }
        };
    CacheScope inCatalogue = CacheScope.user("alice").endpoint("catalogue");
    try (BedrockCache cache = builder(catalogue).build()) {
      for (CacheScope scope : List.of(inCatalogue, ALICE, inCatalogue, ALICE, inCatalogue, ALICE)) {
        ask(cache, scope, "one");
      }
      assertThat(bedrock.calls).hasValue(2);
      assertThat(ask(cache, inCatalogue, "two").status()).isEqualTo(Status.HIT);
      assertThat(ask(cache, ALICE, "two").status()).isEqualTo(Status.MISS);
    }
  }

  /** No bytes of a generator's are a standard key, not even none. */
  @Test
  void keyOf_whenItIsEmpty_isAKeyOfItsOwn() {
    try (BedrockCache without = BedrockCache.builder().store(store).build();
        BedrockCache with = builder((call, request) -> new byte[0]).store(store).build()) {
      ask(without, ALICE, "one");
      assertThat(ask(with, ALICE, "one").status()).isEqualTo(Status.MISS);
      assertThat(ask(with, ALICE, "two").status()).isEqualTo(Status.HIT);
    }
  }

  static Stream<CacheScope> otherScopes() {
    return Stream.of(
        CacheScope.user("bob").endpoint("chat"),
        CacheScope.user("alice").endpoint("plan"),
        CacheScope.user("alice"),
        CacheScope.shared().endpoint("chat"),
        ALICE.vary("locale", "de"));
  }

  @ParameterizedTest
  @MethodSource("otherScopes")
  void converse_whenAllKeysAreTheSame_neverCrossesScopes(CacheScope other) {
    try (BedrockCache here = builder(ALWAYS_THE_SAME).store(store).build();
        BedrockCache there = builder(ALWAYS_THE_SAME).store(store).build()) {
      ask(here, ALICE, "one");
      assertThat(ask(here, other, "one").status()).isEqualTo(Status.MISS);
      assertThat(ask(there, ALICE, "two").source()).isEqualTo(CacheSource.WARM);
      assertThat(bedrock.calls).hasValue(2);
    }
  }

  @Test
  void converse_whenAllKeysAreTheSame_neverCrossesModels() {
    Function<String, ConverseRequest> of = m -> FakeBedrock.ask("one").copy(b -> b.modelId(m));
    try (BedrockCache cache = builder(ALWAYS_THE_SAME).store(store).build()) {
      Caller client = way.over(bedrock, cache).forScope(ALICE);
      client.converse(of.apply("amazon.nova-micro-v1:0"));
      assertThat(CacheOutcome.of(client.converse(of.apply("amazon.nova-lite-v1:0"))).status())
          .isEqualTo(Status.MISS);
    }
  }

  @Test
  void converse_whenAllKeysAreTheSame_neverCrossesNamespaces() {
    try (BedrockCache here = builder(ALWAYS_THE_SAME).store(store).build();
        BedrockCache there = builder(ALWAYS_THE_SAME).store(store).namespace("b").build()) {
      ask(here, ALICE, "one");
      assertThat(ask(there, ALICE, "one").status()).isEqualTo(Status.MISS);
    }
  }

  /** A request's references are checked, whatever its key is. */
  @Test
  void converse_whenTheKeyIsAServicesOwn_isStillRefusedForAVolatileReference() {
    String provisioned = "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijkl";
    try (BedrockCache cache = builder(ALWAYS_THE_SAME).build()) {
      CacheOutcome outcome =
          CacheOutcome.of(
              way.over(bedrock, cache)
                  .forScope(ALICE)
                  .converse(FakeBedrock.ask("one").copy(b -> b.modelId(provisioned))));
      assertThat(outcome.reason()).contains(CacheReason.VOLATILE_REFERENCE);
    }
  }

  @Test
  void converse_whenTheGeneratorThrows_goesPastTheCacheAndCountsAFault() {
    KeyGenerator broken =
        (call, request) -> {
          throw new IllegalStateException("no key");
        };
    try (BedrockCache cache = builder(broken).build()) {
      assertThat(ask(cache, ALICE, "one").reason()).contains(CacheReason.KEY_FAILED);
      assertThat(ask(cache, ALICE, "one").reason()).contains(CacheReason.KEY_FAILED);
      assertThat(bedrock.calls).hasValue(2);
      assertThat(cache.stats().faults()).containsEntry(CacheFault.CALLBACK_FAILED, 2L);
    }
  }
}
