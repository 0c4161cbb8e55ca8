package com.gymcoach.bedrock.cache.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest.ResolvedScope;
import com.gymcoach.bedrock.cache.internal.call.ClientIdentity;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.sdk.RequestCopy;
import com.gymcoach.bedrock.cache.internal.tier.HotLink;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

class KeyMemoTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final Digest DIGEST = Digest.of(new byte[32]);
  private static final KeyMemo.Known KNOWN =
      new KeyMemo.Known(
          new Plan.Lookup(
              new CallContext("InvokeModel", "m", "chat"),
              new HotLink(
                  new EntryAddress(
                      new Partition("default", DIGEST, Partition.WHOLE), "chat", DIGEST)),
              CacheControl.DEFAULT,
              OptIns.NONE,
              false),
          false);
  private static final String HERE = "us-east-1 default";

  /** What came to be remembered, and what is asked for. */
  private record Asked(CallerRequest<?, ?> call, CacheScope scope) {
    static Asked of(CacheScope scope, String client, InvokeModelRequest request) {
      return new Asked(
          new CallerRequest<>(
              CacheableOperations.INVOKE_MODEL,
              request,
              new ResolvedScope(scope, null),
              new ClientIdentity(client, false),
              null),
          scope);
    }
  }

  private static InvokeModelRequest invoke(byte[] body) {
    return InvokeModelRequest.builder()
        .modelId("m")
        .body(SdkBytes.fromByteArrayUnsafe(body))
        .build();
  }

  private static Asked asked() {
    return Asked.of(ALICE, HERE, invoke("{}".getBytes(UTF_8)));
  }

  /** Calls that differ from {@link #asked()} in one thing each. */
  private static List<Asked> others() {
    InvokeModelRequest request = invoke("{}".getBytes(UTF_8));
    return List.of(
        Asked.of(ALICE, HERE, invoke("{ }".getBytes(UTF_8))),
        Asked.of(ALICE, HERE, request.toBuilder().modelId("n").build()),
        Asked.of(ALICE, HERE, request.toBuilder().contentType("").build()),
        Asked.of(CacheScope.user("bob").endpoint("chat"), HERE, request),
        Asked.of(CacheScope.shared().endpoint("chat"), HERE, request),
        Asked.of(CacheScope.user("alice").endpoint("plan"), HERE, request),
        Asked.of(CacheScope.user("alice"), HERE, request),
        Asked.of(ALICE.vary("locale", null), HERE, request),
        Asked.of(ALICE, "eu-west-1 default", request),
        new Asked(
            new CallerRequest<>(
                CacheableOperations.CONVERSE,
                ConverseRequest.builder().modelId("m").build(),
                new ResolvedScope(ALICE, null),
                new ClientIdentity(HERE, false),
                null),
            ALICE));
  }

  private static void put(KeyMemo memo, Asked asked) {
    memo.put(asked.call, asked.scope, RequestCopy.of(asked.call.request()), KNOWN);
  }

  private static boolean knows(KeyMemo memo, Asked asked) {
    return memo.get(asked.call, asked.scope) != null;
  }

  @Test
  void get_whenTheSameIsSaidByOtherObjects_knowsIt() {
    KeyMemo memo = KeyMemo.ofBytes(1 << 20, 42);
    put(memo, asked());
    assertThat(knows(memo, asked())).isTrue();
  }

  @Test
  void s_c_allHashesCollide_oneIsToldFromAnother() {
    for (Asked other : others()) {
      KeyMemo memo = new KeyMemo(1 << 20, (scope, request) -> 7);
      put(memo, asked());
      assertThat(knows(memo, other)).as("%s", other.scope).isFalse();
      KeyMemo.Known others = new KeyMemo.Known(KNOWN.plan(), true);
      memo.put(other.call, other.scope, RequestCopy.of(other.call.request()), others);
      assertThat(memo.get(other.call, other.scope)).isSameAs(others);
      assertThat(memo.get(asked().call, asked().scope)).isSameAs(KNOWN);
    }
  }

  @Test
  void put_whenBothSlotsAreTaken_forgetsTheOldest() {
    KeyMemo memo = new KeyMemo(1 << 20, (scope, request) -> 7);
    List<Asked> three = others().subList(0, 3);
    three.forEach(asked -> put(memo, asked));
    assertThat(three.stream().map(asked -> knows(memo, asked))).containsExactly(false, true, true);
  }

  @Test
  void get_whenTheCallerHasChangedTheBody_doesNotKnowIt() {
    byte[] body = "{\"a\":1}".getBytes(UTF_8);
    Asked mutable = Asked.of(ALICE, HERE, invoke(body));
    KeyMemo memo = new KeyMemo(1 << 20, (scope, request) -> 7);
    put(memo, mutable);
    body[5] = '2';
    assertThat(knows(memo, mutable)).isFalse();
    assertThat(knows(memo, Asked.of(ALICE, HERE, invoke("{\"a\":1}".getBytes(UTF_8))))).isTrue();
  }

  @Test
  void put_whenItIsFull_makesRoom() {
    KeyMemo memo = KeyMemo.ofBytes(100_000, 42);
    List<Asked> many =
        IntStream.range(0, 100)
            .mapToObj(i -> Asked.of(ALICE, HERE, invoke((i + "x".repeat(5_000)).getBytes(UTF_8))))
            .toList();
    many.forEach(asked -> put(memo, asked));
    assertThat(memo.bytes()).isBetween(50_000L, 100_000L);
    assertThat(many.stream().filter(asked -> knows(memo, asked)).count()).isBetween(8L, 20L);
  }

  @Test
  void put_whenOneIsLargerThanAll_keepsNoneOfIt() {
    KeyMemo memo = KeyMemo.ofBytes(100_000, 42);
    Asked large = Asked.of(ALICE, HERE, invoke(new byte[200_000]));
    put(memo, large);
    assertThat(memo.bytes()).isZero();
    assertThat(knows(memo, large)).isFalse();
  }

  @Test
  void forget_whenTwoUsersAskedTheSame_forgetsOne() {
    KeyMemo memo = KeyMemo.ofBytes(100_000, 42);
    Asked bobs =
        Asked.of(CacheScope.user("bob").endpoint("plan"), HERE, invoke("{}".getBytes(UTF_8)));
    put(memo, asked());
    put(memo, bobs);
    memo.forget(CacheScope.user("alice"));
    assertThat(knows(memo, asked())).isFalse();
    assertThat(knows(memo, bobs)).isTrue();
  }

  @Test
  void clear_whenItHoldsSomething_forgetsIt() {
    KeyMemo memo = KeyMemo.ofBytes(100_000, 42);
    put(memo, asked());
    memo.clear();
    assertThat(knows(memo, asked())).isFalse();
  }

  /** Hashes a request by its model's id. */
  private static KeyMemo byModel(long maxBytes) {
    return new KeyMemo(
        maxBytes,
        (scope, request) ->
            Long.parseLong(((InvokeModelRequest) request).modelId().replaceFirst("-.*", "")));
  }

  private static Asked ofModel(String model) {
    return Asked.of(ALICE, HERE, invoke("{}".getBytes(UTF_8)).toBuilder().modelId(model).build());
  }

  private static long weight(Asked asked) {
    KeyMemo memo = byModel(1 << 20);
    put(memo, asked);
    return memo.bytes();
  }

  @Test
  void forget_reachesTheLastSlot() {
    KeyMemo memo = new KeyMemo(1 << 20, (scope, request) -> -1);
    put(memo, asked());
    memo.forget(CacheScope.user("alice"));
    assertThat(knows(memo, asked())).isFalse();
    put(memo, asked());
    memo.clear();
    assertThat(knows(memo, asked())).isFalse();
    assertThat(memo.bytes()).isZero();
  }

  @Test
  void put_whenItFitsExactly_isKept() {
    Asked one = ofModel("3");
    Asked other = ofModel("5");
    KeyMemo memo = byModel(weight(one));
    put(memo, one);
    assertThat(knows(memo, one)).isTrue();
    KeyMemo two = byModel(weight(one) + weight(other));
    put(two, one);
    put(two, other);
    assertThat(knows(two, one)).isTrue();
    assertThat(knows(two, other)).isTrue();
  }

  @Test
  void put_whenOneIsLargerThanAll_leavesTheOthers() {
    KeyMemo memo = byModel(100_000);
    put(memo, ofModel("3"));
    put(memo, Asked.of(ALICE, HERE, invoke(new byte[200_000]).toBuilder().modelId("5").build()));
    assertThat(knows(memo, ofModel("3"))).isTrue();
  }

  @Test
  void put_intoAnEmptySlot_leavesTheOneBesideIt() {
    KeyMemo memo = byModel(1 << 20);
    put(memo, ofModel("6"));
    put(memo, ofModel("7"));
    assertThat(knows(memo, ofModel("6"))).isTrue();
    assertThat(knows(memo, ofModel("7"))).isTrue();
  }

  /** The second slot of one hash is not that of another. */
  @Test
  void put_ofTwoPairsThatCollide_keepsAllFour() {
    KeyMemo memo = byModel(1 << 20);
    List<Asked> four = List.of(ofModel("7"), ofModel("7-b"), ofModel("11"), ofModel("11-b"));
    four.forEach(asked -> put(memo, asked));
    assertThat(four).allMatch(asked -> knows(memo, asked));
  }
}
