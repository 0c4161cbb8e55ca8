package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.Configurations.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.ClientKind.Client;
import com.gymcoach.bedrock.cache.Configurations.Configuration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two clients that may answer differently never share an answer, in memory or in a table. */
class ClientIdentityTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final Map<String, Configuration> READABLE = Configurations.readable();
  private static final Map<String, Configuration> UNTRUSTED = Configurations.untrusted();

  private final EchoHttp bedrock = new EchoHttp();
  private final FakeStore store = new FakeStore();

  private BedrockCache cache() {
    return BedrockCache.builder().store(store).build();
  }

  static Stream<Arguments> allDiffering() {
    Map<String, Configuration> all = new TreeMap<>(READABLE);
    all.putAll(UNTRUSTED);
    return withEachKind(all);
  }

  private static Stream<Arguments> withEachKind(Map<String, Configuration> configurations) {
    return configurations.keySet().stream()
        .flatMap(what -> Arrays.stream(ClientKind.values()).map(k -> Arguments.of(k, what)));
  }

  private static Configuration configuration(String what) {
    return READABLE.getOrDefault(what, UNTRUSTED.getOrDefault(what, PLAIN));
  }

  @ParameterizedTest
  @MethodSource("allDiffering")
  void ask_whenClientsOfOneCacheAreConfiguredDifferently_eachGetsItsOwnAnswer(
      ClientKind kind, String what) {
    try (BedrockCache cache = cache()) {
      Client plain = kind.over(bedrock, cache, PLAIN);
      Client configured = kind.over(bedrock, cache, configuration(what));

      assertThat(plain.ask(ALICE).status()).isEqualTo(Status.MISS);
      assertThat(configured.ask(ALICE).status()).isEqualTo(Status.MISS);
      assertThat(bedrock.calls()).isEqualTo(2);
      assertThat(plain.ask(ALICE).source()).isEqualTo(CacheSource.HOT);
      assertThat(configured.ask(ALICE).source()).isEqualTo(CacheSource.HOT);
    }
  }

  @ParameterizedTest
  @MethodSource("allDiffering")
  void ask_whenClientsOfOneTableAreConfiguredDifferently_eachGetsItsOwnAnswer(
      ClientKind kind, String what) {
    try (BedrockCache here = cache();
        BedrockCache there = cache();
        BedrockCache elsewhere = cache()) {
      kind.over(bedrock, here, PLAIN).ask(ALICE);
      CacheOutcome configured = kind.over(bedrock, there, configuration(what)).ask(ALICE);
      CacheOutcome plain = kind.over(bedrock, elsewhere, PLAIN).ask(ALICE);

      assertThat(configured.status()).isEqualTo(Status.MISS);
      assertThat(plain.source()).isEqualTo(CacheSource.WARM);
      assertThat(bedrock.calls()).isEqualTo(2);
    }
  }
}
