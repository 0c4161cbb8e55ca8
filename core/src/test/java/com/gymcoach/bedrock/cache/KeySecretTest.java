package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.sdk.KeyInput;
import com.gymcoach.bedrock.cache.internal.sdk.RequestKey;
import com.gymcoach.bedrock.cache.internal.sdk.RequestKeys;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KeySecretTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final List<String> PROMPTS =
      IntStream.range(0, 500).mapToObj(i -> "How do I get " + i + " kg lighter?").toList();

  private static byte[] secret(int fill) {
    byte[] secret = new byte[32];
    java.util.Arrays.fill(secret, (byte) fill);
    return secret;
  }

  private static BedrockCache cache(FakeStore store, @Nullable KeySecret secret) {
    BedrockCacheBuilder builder = BedrockCache.builder().store(store);
    return (secret == null ? builder : builder.keySecret(secret)).build();
  }

  private static void askAll(BedrockCache cache) {
    CachingBedrockClient client =
        CachingBedrockClient.create(new FakeBedrock(), cache).forScope(ALICE);
    PROMPTS.forEach(prompt -> client.converse(FakeBedrock.ask(prompt)));
  }

  /**
   * Returns how many of the true prompts an attacker finds who has the table, the code, every true
   * prompt and user id, and everything else in a key except the secret.
   */
  private static long identified(FakeStore table) {
    Set<Digest> keys = new HashSet<>();
    Set<Digest> principals = new HashSet<>();
    for (EntryAddress address : table.entries.keySet()) {
      keys.add(address.key());
      principals.add(address.partition().principal());
    }
    String delegate =
        DelegateInfo.of(
                new FakeBedrock()::serviceClientConfiguration,
                new ClientRules(Set.of(), Set.of()),
                new ClientOptions())
            .identity()
            .key();
    return PROMPTS.stream()
        .map(
            prompt ->
                RequestKeys.key(
                    new KeyInput(
                        CacheableOperations.CONVERSE.name(),
                        delegate,
                        "default",
                        ALICE,
                        "amazon.nova-micro-v1:0",
                        FakeBedrock.ask(prompt))))
        .filter(key -> keys.contains(key.digest()) || principals.contains(key.principal()))
        .map(RequestKey::digest)
        .distinct()
        .count();
  }

  @Test
  void s_h_tableAndDictionaryWithoutTheSecret_identifyNoPromptAndNoUser() {
    FakeStore table = new FakeStore();
    askAll(cache(table, KeySecret.of(secret(1))));
    assertThat(table.entries).hasSize(PROMPTS.size());
    assertThat(identified(table)).isZero();
  }

  /** The control: without the secret, guesses can be checked. */
  @Test
  void s_h_plainKeys_identifyAll() {
    FakeStore table = new FakeStore();
    askAll(cache(table, null));
    assertThat(identified(table)).isEqualTo(PROMPTS.size());
  }

  /**
   * As with a salt for each user and a secret for each service: some keys tell nothing about
   * others, not even which belong to the same question.
   */
  @Property(tries = 500)
  void s_c_sameQuestionOfAnotherUserOrUnderAnotherSecret_hasAnUnrelatedKey(
      @ForAll Random random, @ForAll @NotEmpty String user, @ForAll String question) {
    byte[] one = new byte[32];
    random.nextBytes(one);
    byte[] other = one.clone();
    other[random.nextInt(one.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    List<EntryAddress> addresses =
        List.of(
            address(null, user, question),
            address(null, user + " ", question),
            address(KeySecret.of(one), user, question),
            address(KeySecret.of(one), user + " ", question),
            address(KeySecret.of(other), user, question));
    assertUnrelated(addresses.stream().map(EntryAddress::key).toList());
    assertUnrelated(addresses.stream().map(address -> address.partition().principal()).toList());
  }

  private static EntryAddress address(@Nullable KeySecret secret, String user, String question) {
    FakeStore store = new FakeStore();
    try (BedrockCache cache = cache(store, secret)) {
      CachingBedrockClient.create(new FakeBedrock(), cache)
          .forScope(CacheScope.user(user).endpoint("chat"))
          .converse(FakeBedrock.ask(question));
    }
    return store.entries.keySet().iterator().next();
  }

  /** Of 256 random bits 128 differ, and 8 are a standard deviation: 64 is never met by chance. */
  private static void assertUnrelated(List<Digest> digests) {
    for (int i = 0; i < digests.size(); i++) {
      for (int j = 0; j < i; j++) {
        BitSet bits = BitSet.valueOf(digests.get(i).bytes());
        bits.xor(BitSet.valueOf(digests.get(j).bytes()));
        assertThat(bits.cardinality()).as("%s and %s", i, j).isBetween(64, 192);
      }
    }
  }

  @Test
  void keySecret_whenTheSame_sharesEntriesAndInvalidations() {
    FakeStore table = new FakeStore();
    FakeBedrock bedrock = new FakeBedrock();
    BedrockCache one = cache(table, KeySecret.of(secret(1)));
    BedrockCache same = cache(table, KeySecret.of(secret(1)));
    BedrockCache other = cache(table, KeySecret.of(secret(2)));
    assertThat(ask(bedrock, one).source()).isEqualTo(CacheSource.BEDROCK);
    assertThat(ask(bedrock, same).source()).isEqualTo(CacheSource.WARM);
    assertThat(ask(bedrock, other).source()).isEqualTo(CacheSource.BEDROCK);
    assertThat(same.invalidate(ALICE)).isEqualTo(1);
    assertThat(ask(bedrock, same).source()).isEqualTo(CacheSource.BEDROCK);
  }

  private static CacheOutcome ask(FakeBedrock bedrock, BedrockCache cache) {
    return ask(bedrock, cache, ALICE);
  }

  private static CacheOutcome ask(FakeBedrock bedrock, BedrockCache cache, CacheScope scope) {
    return CacheOutcome.of(client(bedrock, cache, scope).converse(FakeBedrock.ask("one")));
  }

  private static CachingBedrockClient client(
      FakeBedrock bedrock, BedrockCache cache, CacheScope scope) {
    return CachingBedrockClient.create(bedrock, cache).forScope(scope);
  }

  /** The secrets that run beside each other while one takes the place of another. */
  static Stream<Arguments> deployments() {
    KeySecret two = KeySecret.of(secret(2));
    return Stream.of(KeySecret.of(secret(1)), KeySecret.none())
        .flatMap(
            one -> {
              KeySecret before = one.alsoInvalidates(two);
              KeySecret after = two.alsoInvalidates(one);
              return Stream.of(List.of(one, before), List.of(before, after), List.of(after, two));
            })
        .flatMap(pair -> Stream.of(pair, List.of(pair.get(1), pair.get(0))))
        .flatMap(
            pair ->
                Stream.of(ALICE, CacheScope.shared().endpoint("chat"))
                    .map(scope -> Arguments.of(pair.get(0), pair.get(1), scope)));
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void invalidate_whileTheSecretIsChanged_concernsAllProcesses(
      KeySecret invalidating, KeySecret serving, CacheScope scope) {
    FakeStore table = new FakeStore();
    FakeBedrock bedrock = new FakeBedrock();
    BedrockCache one = cache(table, invalidating);
    BedrockCache other =
        BedrockCache.builder()
            .store(table)
            .keySecret(serving)
            .invalidationDelay(Duration.ZERO)
            .build();
    for (Runnable invalidation :
        List.<Runnable>of(
            () -> one.invalidate(scope),
            () -> client(bedrock, one, scope).invalidate(FakeBedrock.ask("one")))) {
      ask(bedrock, other, scope);
      assertThat(ask(bedrock, other, scope).source()).isEqualTo(CacheSource.HOT);
      invalidation.run();
      assertThat(table.entries).isEmpty();
      assertThat(ask(bedrock, other, scope).source()).isEqualTo(CacheSource.BEDROCK);
    }
  }

  @Test
  void alsoInvalidates_whenAnEntryIsKeptUnderTheOther_doesNotReadIt() {
    FakeStore table = new FakeStore();
    FakeBedrock bedrock = new FakeBedrock();
    KeySecret one = KeySecret.of(secret(1));
    ask(bedrock, cache(table, one));
    BedrockCache next = cache(table, KeySecret.of(secret(2)).alsoInvalidates(one));
    assertThat(ask(bedrock, next).source()).isEqualTo(CacheSource.BEDROCK);
    assertThat(next.invalidate(ALICE)).isEqualTo(2);
  }

  @Test
  void alsoInvalidates_whenTheOtherAlsoInvalidatesAThird_concernsAllThree() {
    FakeStore table = new FakeStore();
    FakeBedrock bedrock = new FakeBedrock();
    KeySecret one = KeySecret.of(secret(1));
    KeySecret two = KeySecret.of(secret(2));
    ask(bedrock, cache(table, one));
    ask(bedrock, cache(table, two));
    BedrockCache third =
        cache(table, KeySecret.of(secret(3)).alsoInvalidates(two.alsoInvalidates(one)));
    assertThat(third.invalidate(ALICE)).isEqualTo(2);
  }

  @Test
  void none_isWhatACacheHasThatIsGivenNone() {
    FakeStore table = new FakeStore();
    FakeBedrock bedrock = new FakeBedrock();
    ask(bedrock, cache(table, null));
    assertThat(ask(bedrock, cache(table, KeySecret.none())).source()).isEqualTo(CacheSource.WARM);
  }

  @Test
  void alsoInvalidates_whenThereAreMany_saysHowManyThereMayBe() {
    KeySecret none = KeySecret.none();
    assertThatThrownBy(() -> none.alsoInvalidates(none, none, none, none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 at most");
  }

  @Test
  void of_whenShort_saysWhatToDo() {
    assertThatThrownBy(() -> KeySecret.of(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32 random");
  }

  @Test
  void of_copiesItsBytesAndSaysNothingOfThem() {
    byte[] bytes = secret(1);
    KeySecret secret = KeySecret.of(bytes);
    Digest before = secret.digests().ofKey(new Digest(1, 2, 3, 4));
    bytes[0] = 9;
    assertThat(secret.digests().ofKey(new Digest(1, 2, 3, 4))).isEqualTo(before);
    assertThat(secret.digests().ofPrincipal(new Digest(1, 2, 3, 4))).isNotEqualTo(before);
    assertThat(secret).hasToString("KeySecret");
  }
}
