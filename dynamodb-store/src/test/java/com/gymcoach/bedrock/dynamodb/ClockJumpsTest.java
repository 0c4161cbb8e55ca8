package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.ClockModel.Instance;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/**
 * Two instances share a table while the wall clock of either jumps by up to two days, forwards and
 * back. Each answer is the one that {@code docs/keys-and-ttl.md} foretells: see {@link ClockModel}.
 */
@Tag("crashes")
@ParameterizedClass
@EnumSource(Way.class)
@Timeout(value = 3, unit = TimeUnit.HOURS)
class ClockJumpsTest extends WarmTierFixture {
  private static final int STEPS = 40;
  private static final List<String> USERS = List.of("alice", "bob");
  private static final int QUESTIONS = 2;
  private static final Duration FARTHEST = Duration.ofDays(2);

  private final Way way;
  private final SignedAnswers signed = new SignedAnswers();

  ClockJumpsTest(Way way) {
    super(way);
    this.way = way;
  }

  @BeforeEach
  void sign() {
    bedrock.answerWith(signed);
  }

  @Test
  void f73_wallClocksJumpByUpTo48Hours_eachAnswerIsAsTheDocsSay() {
    Rounds.play("clock jumps", way, Rounds.count(), seed -> jump(seed, ClockModel.TTL));
  }

  /** The control of the test above: an answer that lives longer than it may is noticed. */
  @Test
  void jump_whenAnswersLiveLongerThanTheModel_isNoticed() {
    assertThatThrownBy(
            () -> {
              for (long seed = 1; seed <= 20; seed++) {
                jump(-seed, ClockModel.TTL.plusMinutes(20));
              }
            })
        .isInstanceOf(AssertionError.class);
  }

  private void jump(long seed, Duration ttl) {
    Random random = new Random(seed);
    ClockModel model = new ClockModel(clocks -> cache(clocks, "of" + seed + way, ttl));
    for (int step = 0; step < STEPS; step++) {
      step(model, random);
    }
    for (Instance instance : model.instances()) {
      assertThat(faults(instance.cache).keySet()).isSubsetOf(CacheFault.CLOCK_SKEW);
    }
  }

  private BedrockCache cache(ManualTime clocks, String namespace, Duration ttl) {
    return closing(
        BedrockCache.builder()
            .store(Dynamo.store(table).client(dynamo()).timeSource(clocks).build())
            .namespace(namespace)
            .ttlPolicy(TtlPolicy.fixed(ttl).withJitter(0))
            .hotMaxAge(ClockModel.HOT_MAX_AGE)
            .invalidationDelay(ClockModel.DELAY)
            .timeSource(clocks)
            .build());
  }

  private void step(ClockModel model, Random random) {
    Instance instance = model.instances().get(random.nextInt(2));
    String user = USERS.get(random.nextInt(USERS.size()));
    CacheScope scope = Service.scope(user);
    int what = random.nextInt(20);
    if (what < 12) {
      String question = Report.question(user, random.nextInt(QUESTIONS));
      ConverseResponse response = call(instance.cache, scope, question);
      int number = SignedAnswers.number(question, Caller.text(response));
      model.answered(instance, user, question, number, CacheOutcome.of(response).source());
    } else if (what < 16) {
      model.advance(Duration.ofSeconds((long) Math.pow(1800, random.nextDouble())));
    } else if (what < 18) {
      long farthest = FARTHEST.toSeconds();
      instance.jump(Duration.ofSeconds(random.nextLong(-farthest, farthest + 1)));
    } else if (what < 19) {
      // A little: what another clock may be ahead, or a correction.
      instance.jump(Duration.ofSeconds(random.nextLong(-900, 900)));
    } else if (random.nextBoolean()) {
      instance.correct(); // as it should be
    } else {
      instance.cache.invalidate(scope);
      model.invalidated(instance, user);
    }
  }
}
