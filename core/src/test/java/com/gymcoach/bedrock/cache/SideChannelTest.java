package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/**
 * What Bob learns of Alice's questions by asking them himself, with a clock in his hand: nothing.
 * The time is played, so that he measures better than he ever could.
 */
@Timeout(60)
@ParameterizedClass
@EnumSource(CallingStyle.class)
class SideChannelTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final CacheScope BOB = CacheScope.user("bob").endpoint("chat");
  private static final CacheScope SHARED = CacheScope.shared().endpoint("chat");

  /** How many questions Alice has asked, and how many she has not. */
  private static final int EACH = 400;

  /**
   * Of two samples of n from one distribution the AUC is 0.5 with a standard deviation of sqrt((2n
   * + 1) / 12n²) (Mann and Whitney, 1947). Within three of them nothing is to be told apart.
   */
  private static final double NOTHING = 3 * Math.sqrt((2.0 * EACH + 1) / (12.0 * EACH * EACH));

  private final CallingStyle way;
  private final FakeTime time = new FakeTime();
  private final FakeStore store = new FakeStore();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final Random noise = new Random(1);

  SideChannelTest(CallingStyle way) {
    this.way = way;
    store.whileReading = () -> time.advance(Duration.ofMillis(5));
    bedrock.answer =
        request -> {
          time.advance(Duration.ofNanos(1_200_000_000L + (long) (noise.nextGaussian() * 1e7)));
          return FakeBedrock.reply("answer " + bedrock.calls.get(), StopReason.END_TURN);
        };
  }

  private BedrockCache cache() {
    return BedrockCache.builder()
        .store(store)
        .timeSource(time)
        .ttlPolicy(TtlPolicy.fixed(TtlPolicy.DEFAULT_TTL).withJitter(0))
        .build();
  }

  private ConverseResponse ask(BedrockCache cache, CacheScope scope, String question) {
    return way.over(bedrock, cache).forScope(scope).converse(FakeBedrock.ask(question));
  }

  /**
   * Returns how often a question that one user has asked is answered to the other sooner than a new
   * one: 1 if each can be told, 0.5 if none can.
   */
  private double distinguished(CacheScope one, CacheScope other, boolean sameInstance) {
    BedrockCache cache = cache();
    List<String> asked = questions("asked ");
    asked.forEach(question -> ask(cache, one, question));
    List<String> all = new ArrayList<>(asked);
    all.addAll(questions("fresh "));
    Collections.shuffle(all, new Random(2));
    BedrockCache others = sameInstance ? cache : cache();
    List<Long> ofAsked = new ArrayList<>();
    List<Long> ofFresh = new ArrayList<>();
    for (String question : all) {
      long began = time.nanoTime();
      ask(others, other, question);
      (question.startsWith("asked") ? ofAsked : ofFresh).add(time.nanoTime() - began);
    }
    return auc(ofAsked, ofFresh);
  }

  private static List<String> questions(String prefix) {
    return IntStream.range(0, EACH).mapToObj(i -> prefix + i).toList();
  }

  private static double auc(List<Long> sooner, List<Long> later) {
    double won = 0;
    for (long one : sooner) {
      for (long other : later) {
        won += one < other ? 1 : one == other ? 0.5 : 0;
      }
    }
    return won / sooner.size() / later.size();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void s_f_timesOfWhatAnotherHasAsked_areThoseOfWhatNobodyHas(boolean sameInstance) {
    assertThat(distinguished(ALICE, BOB, sameInstance)).isCloseTo(0.5, within(NOTHING));
  }

  /** The control: where answers are shared, one look at the clock tells. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void s_f_timesOfWhatIsShared_tell(boolean sameInstance) {
    assertThat(distinguished(SHARED, SHARED, sameInstance)).isEqualTo(1);
  }

  /** Without noise, and step by step: there is nothing that more questions could bring out. */
  @Test
  void s_f_whatAnotherHasAsked_takesTheStepsOfWhatNobodyHas() {
    bedrock.answer = request -> FakeBedrock.reply("answer", StopReason.END_TURN);
    BedrockCache cache = cache();
    ask(cache, ALICE, "asked");
    ask(cache, BOB, "his own"); // a user's first call differs from the rest, whatever the question
    assertThat(steps(cache, "asked")).isEqualTo(steps(cache, "fresh"));
  }

  private List<Object> steps(BedrockCache cache, String question) {
    long began = time.nanoTime();
    int calls = bedrock.calls.get();
    int reads = store.reads.get();
    int writes = store.writes.get();
    String said = CacheOutcome.of(ask(cache, BOB, question)).headerValue();
    assertThat(said).doesNotContain("hit", "age", "collapsed");
    return List.of(
        said,
        time.nanoTime() - began,
        bedrock.calls.get() - calls,
        store.reads.get() - reads,
        store.writes.get() - writes);
  }

  /** Alice's call is under way for as long as Bob's takes: he is answered, she is not. */
  @Test
  void s_f_anothersCallUnderWay_isNotJoined() throws Exception {
    Held held = new Held();
    CompletableFuture<ConverseResponse> first = held.call(ALICE);
    assertThat(CacheOutcome.of(ask(held.cache, BOB, "same")))
        .hasToString("MISS, ABSENT, kept, stored");
    assertThat(bedrock.calls).hasValue(2);
    assertThat(first).isNotDone();
    held.release.countDown();
    assertThat(CacheOutcome.of(first.get(30, TimeUnit.SECONDS)).source())
        .isEqualTo(CacheSource.BEDROCK);
  }

  /** The control: callers that share an answer wait for the call under way. */
  @Test
  void s_f_sharedCallUnderWay_isJoined() throws Exception {
    Held held = new Held();
    CompletableFuture<ConverseResponse> first = held.call(SHARED);
    CompletableFuture<ConverseResponse> second = new CompletableFuture<>();
    Thread other = new Thread(() -> second.complete(ask(held.cache, SHARED, "same")));
    other.start();
    while (other.isAlive() && other.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    held.release.countDown();
    assertThat(CacheOutcome.of(second.get(30, TimeUnit.SECONDS))).hasToString("COALESCED");
    assertThat(first.get(30, TimeUnit.SECONDS)).isNotNull();
    assertThat(bedrock.calls).hasValue(1);
  }

  /** A Bedrock that answers its first call when it is told to, and later ones at once. */
  private final class Held {
    final BedrockCache cache = cache();
    final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch arrived = new CountDownLatch(1);

    Held() {
      bedrock.answer =
          request -> {
            if (bedrock.calls.get() == 1) {
              arrived.countDown();
              await(release);
            }
            return FakeBedrock.reply("answer", StopReason.END_TURN);
          };
    }

    CompletableFuture<ConverseResponse> call(CacheScope scope) {
      CompletableFuture<ConverseResponse> call = new CompletableFuture<>();
      new Thread(() -> call.complete(ask(cache, scope, "same"))).start();
      await(arrived);
      return call;
    }

    private void await(CountDownLatch latch) {
      try {
        assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
