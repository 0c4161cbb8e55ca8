package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.sdk.KeyMaterial;
import com.gymcoach.bedrock.cache.internal.sdk.RequestKey;
import com.gymcoach.bedrock.cache.internal.sdk.RequestKeys;
import com.gymcoach.bedrock.cache.spi.Digest;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

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
   * How many of the true prompts somebody finds who has the table, the code, every true prompt and
   * user id, and everything else that goes into a key but the secret.
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
                    new KeyMaterial(
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

  /** The control: what the secret is for. */
  @Test
  void s_h_plainKeys_identifyAll() {
    FakeStore table = new FakeStore();
    askAll(cache(table, null));
    assertThat(identified(table)).isEqualTo(PROMPTS.size());
  }

  /**
   * As with a salt of each user's and a secret of each service's: who knows some keys knows nothing
   * of others, not even which are of the same question.
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
    return CacheOutcome.of(
        CachingBedrockClient.create(bedrock, cache)
            .forScope(ALICE)
            .converse(FakeBedrock.ask("one")));
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
    Digest before = secret.ofKey(new Digest(1, 2, 3, 4));
    bytes[0] = 9;
    assertThat(secret.ofKey(new Digest(1, 2, 3, 4))).isEqualTo(before);
    assertThat(secret.ofPrincipal(new Digest(1, 2, 3, 4))).isNotEqualTo(before);
    assertThat(secret).hasToString("KeySecret");
  }
}
