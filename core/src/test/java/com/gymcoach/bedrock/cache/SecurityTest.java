package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** Attacks, and accidents that look like them, numbered as in the catalogue. */
class SecurityTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final Duration TTL = Duration.ofHours(1);

  private final FakeTime time = new FakeTime();
  private final FakeStore store = new FakeStore();
  private final FakeBedrock bedrock = new FakeBedrock();

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .store(store)
        .timeSource(time)
        .ttlPolicy(TtlPolicy.fixed(TTL).withJitter(0));
  }

  private static String text(ConverseResponse response) {
    return response.output().message().content().get(0).text();
  }

  /** A store that gives each caller what another has asked for, as a poisoned connection does. */
  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void s_a_storeGivesEachWhatIsAnothers_nobodyIsGivenIt(CallingStyle way) {
    BedrockCache cache = builder().hotMaxBytes(0).build();
    List<String> users = usersWithAnswersOfTheirOwn();
    for (String user : users) {
      ask(way, cache, user);
    }
    List<EntryAddress> addresses = new ArrayList<>(store.entries.keySet());
    assertThat(addresses).hasSize(users.size());
    Map<EntryAddress, byte[]> own = new HashMap<>(store.entries);
    List<EntryAddress> shuffled = new ArrayList<>(addresses);
    Collections.shuffle(shuffled, new Random(1));
    for (int i = 0; i < addresses.size(); i++) {
      store.entries.put(addresses.get(i), own.get(shuffled.get(i)));
    }
    for (String user : users) {
      assertThat(ask(way, cache, user)).isEqualTo("for " + user);
    }
    assertThat(cache.stats().faults().get(CacheFault.ENTRY_CHECKSUM)).isGreaterThan(190);
  }

  private List<String> usersWithAnswersOfTheirOwn() {
    bedrock.answer =
        request ->
            FakeBedrock.reply(
                "for " + request.messages().get(0).content().get(0).text(), StopReason.END_TURN);
    return IntStream.range(0, 200).mapToObj(i -> "user-" + i).toList();
  }

  private String ask(CallingStyle way, BedrockCache cache, String user) {
    return text(
        way.over(bedrock, cache)
            .forScope(CacheScope.user(user).endpoint("chat"))
            .converse(FakeBedrock.ask(user)));
  }

  /**
   * As on 20 March 2023: callers go away while their replies are on the way, and the connections go
   * on with replies that belong to others.
   */
  @Test
  void s_a_manyCancelAndRepliesComeToTheNext_nobodyIsGivenAnothers() {
    List<String> users = usersWithAnswersOfTheirOwn();
    BedrockCache writer = builder().build();
    users.forEach(user -> ask(CallingStyle.ASYNC, writer, user));
    PoisonedStore poisoned = new PoisonedStore(store);
    BedrockCache cache = builder().store(poisoned).build();
    Random random = new Random(1);
    Map<String, CompletableFuture<ConverseResponse>> calls = begin(cache, users);
    calls.values().removeIf(call -> random.nextBoolean() && call.cancel(true));
    poisoned.reply();
    assertThat(calls).hasSizeBetween(1, users.size() - 1).allSatisfy(SecurityTest::isOwn);
    assertThat(cache.stats().faults()).containsEntry(CacheFault.ENTRY_CHECKSUM, 200L);

    Map<String, CompletableFuture<ConverseResponse>> afterwards = begin(cache, users);
    poisoned.reply();
    assertThat(afterwards).hasSize(users.size()).allSatisfy(SecurityTest::isOwn);
  }

  private Map<String, CompletableFuture<ConverseResponse>> begin(
      BedrockCache cache, List<String> users) {
    CachingBedrockAsyncClient client =
        CachingBedrockAsyncClient.create(new FakeAsyncBedrock(bedrock), cache);
    Map<String, CompletableFuture<ConverseResponse>> calls = new LinkedHashMap<>();
    for (String user : users) {
      calls.put(
          user,
          client.forScope(CacheScope.user(user).endpoint("chat")).converse(FakeBedrock.ask(user)));
    }
    return calls;
  }

  private static void isOwn(String user, CompletableFuture<ConverseResponse> call) {
    assertThat(text(call.join())).isEqualTo("for " + user);
  }

  /** All 256 bits of a digest are compared and written: none is cut. */
  @Property(tries = 500)
  void s_b_digestsThatDifferInOneBit_areTwo(
      @ForAll long one, @ForAll long two, @ForAll @IntRange(max = 255) int bit) {
    Digest digest = new Digest(one, two, one ^ two, ~one);
    byte[] bytes = digest.bytes();
    bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
    Digest other = Digest.of(bytes);
    assertThat(other).isNotEqualTo(digest);
    assertThat(other.text()).hasSize(43).isNotEqualTo(digest.text());
    assertThat(new Partition("default", other, Partition.WHOLE))
        .isNotEqualTo(new Partition("default", digest, Partition.WHOLE));
  }

  /** One type says whose an answer is, when it is kept and when it goes. */
  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void s_d_whatAScopeKeeps_thatScopeInvalidates(CallingStyle way) {
    BedrockCache cache = builder().build();
    CacheScope varied = ALICE.vary("locale", "de");
    for (CacheScope scope : List.of(ALICE, varied, CacheScope.shared().endpoint("chat"))) {
      way.over(bedrock, cache).forScope(scope).converse(FakeBedrock.ask("one"));
      assertThat(cache.invalidate(scope)).isEqualTo(1);
      assertThat(store.entries).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void s_e_nobodySaysWhoMayShare_nothingIsKept(CallingStyle way) {
    BedrockCache cache = builder().build();
    for (int i = 0; i < 3; i++) {
      CacheOutcome outcome =
          CacheOutcome.of(way.over(bedrock, cache).converse(FakeBedrock.ask("one")));
      assertThat(outcome.reason()).contains(CacheReason.SCOPE_MISSING);
    }
    assertThat(bedrock.calls).hasValue(3);
    assertThat(store.entries).isEmpty();
    assertThat(cache.stats().hotEntries()).isZero();
  }

  /**
   * The one attack left to a writer of the table: an older entry in its own place, while it is
   * fresh.
   */
  @Test
  void s_k_olderSealedEntryPutBack_isServedNoLongerThanItsOwnLife() {
    EntrySealer sealer = EntrySealer.aes256Gcm(1, new byte[32]);
    CachingBedrockClient writer =
        CachingBedrockClient.create(bedrock, builder().sealer(sealer).build()).forScope(ALICE);
    writer.converse(FakeBedrock.ask("one"));
    Map<EntryAddress, byte[]> older = new HashMap<>(store.entries);
    time.advance(TTL.dividedBy(2));
    writer.converse(CacheControl.REFRESH.applyTo(FakeBedrock.ask("one")));
    store.entries.putAll(older);
    assertThat(fromStore(sealer)).isEqualTo("answer 1");
    time.advance(TTL.dividedBy(2));
    assertThat(fromStore(sealer)).isEqualTo("answer 3");
  }

  /** Keys that are used up, say. */
  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void s_t_sealerHasNoKeys_callersGetBedrocksAnswersAndNothingIsWritten(CallingStyle way) {
    EntrySealer keyless =
        new EntrySealer() {
          @Override
          public byte[] seal(byte[] scope, byte[] address, byte[] content) {
            throw new IllegalStateException("no keys");
          }

          @Override
          public byte[] open(byte[] scope, byte[] address, byte[] sealed) throws IOException {
            throw new IOException("no keys");
          }
        };
    BedrockCache cache = builder().sealer(keyless).build();
    assertThat(ask(way, cache, "alice")).isEqualTo("answer 1");
    assertThat(bedrock.calls).hasValue(1);
    assertThat(store.entries).isEmpty();
    assertThat(cache.stats().faults()).isEqualTo(Map.of(CacheFault.ENCODE_FAILED, 1L));
    assertThat(ask(way, cache, "alice")).isEqualTo("answer 1"); // from memory
  }

  /** An old entry, put back after an invalidation, is from before its marker. */
  @Test
  void f11_s_k_entryFromBeforeAnInvalidation_isNotServed() {
    BedrockCache cache = builder().build();
    CachingBedrockClient client = CachingBedrockClient.create(bedrock, cache).forScope(ALICE);
    client.converse(FakeBedrock.ask("one"));
    Map<EntryAddress, byte[]> older = new HashMap<>(store.entries);
    cache.invalidate(ALICE);
    store.entries.putAll(older);
    assertThat(text(client.converse(FakeBedrock.ask("one")))).isEqualTo("answer 2");
    store.entries.putAll(older);
    assertThat(fromStore(null)).isEqualTo("answer 3");
  }

  private String fromStore(@Nullable EntrySealer sealer) {
    BedrockCache fresh = (sealer == null ? builder() : builder().sealer(sealer)).build();
    return text(
        CachingBedrockClient.create(bedrock, fresh)
            .forScope(ALICE)
            .converse(FakeBedrock.ask("one")));
  }
}
