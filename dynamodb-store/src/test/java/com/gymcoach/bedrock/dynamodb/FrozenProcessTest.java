package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Report.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * SIGSTOP stops a service during its calls, and it continues later, like a Lambda environment.
 * Meanwhile its connections have died and its users' answers were invalidated.
 */
@Tag("crashes")
@ParameterizedClass
@EnumSource(Way.class)
@Timeout(value = 3, unit = TimeUnit.HOURS) // each step has its own limit
class FrozenProcessTest extends WarmTierFixture {
  private static final int QUESTIONS = 6;

  /** From a millisecond: in a build up to one second, else up to half a minute. */
  private static final Duration MAX_DURATION = Duration.ofSeconds(Rounds.many() ? 30 : 1);

  /** Short, because some connections are dead; a late look-up is a miss. */
  private static final Duration BUDGET = Duration.ofMillis(500);

  /** How many calls of each user are looked at after a thaw: most are hits. */
  private static final int CALLS = 5;

  /** The time that a call may take beyond its deadline, on a slow machine. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final Way way;
  private final SignedAnswers signed = new SignedAnswers();
  private final Testimony heard = new Testimony();
  @TempDir Path directory;

  FrozenProcessTest(Way way) {
    super(way);
    this.way = way;
  }

  @BeforeEach
  void canFreeze() {
    assumeTrue(ServiceProcess.canFreeze(), "There is no /bin/kill or no /proc here");
    bedrock.answerWith(signed);
  }

  @Test
  void f74_frozenAmidCalls_firstCallsAfterTheThawSucceedAndNothingInvalidatedIsServed()
      throws Exception {
    try (ServiceProcess service =
        new ServiceProcess(
            Service.process(way, bedrock.endpoint(), proxy.endpoint(), table, BUDGET, QUESTIONS, 1),
            directory.resolve("log"))) {
      BedrockCache elsewhere = fresh();
      Rounds.play("SIGSTOP", way, Rounds.count(), seed -> freeze(service, elsewhere, seed));
    }
    Rounds.say(heard.fromTheCache() + " answers came from the cache");
    assertThat(heard.fromTheCache()).isPositive();
  }

  private void freeze(ServiceProcess service, BedrockCache elsewhere, long seed) throws Exception {
    Random random = new Random(seed);
    Duration length = length(random);
    for (int i = random.nextInt(200); i >= 0; i--) {
      heard.hear(service.next());
    }
    boolean amidCall = random.nextBoolean();
    if (amidCall) {
      int arrived = bedrock.requests();
      bedrock.hold();
      bedrock.awaitRequests(arrived + 1);
    }
    service.freeze();
    long frozen = System.nanoTime();
    String user = Service.USERS.get(random.nextInt(Service.USERS.size()));
    if (length.compareTo(Service.DELAY) > 0) {
      elsewhere.invalidate(Service.scope(user));
      heard.invalidated(user, frozen);
    }
    switch (random.nextInt(6)) {
      case 0 -> proxy.play(FaultProxy.Mode.SILENT, ""); // as if the server had gone
      case 1, 2, 3 -> {
        proxy.stop();
        proxy.resume();
      }
      default -> {}
    }
    if (random.nextInt(3) == 0) {
      bedrock.stop();
      bedrock.resume();
    }
    bedrock.release();
    long left = frozen + length.toNanos() - System.nanoTime();
    while (left > 0) { // how long it is frozen is what is tried here
      LockSupport.parkNanos(left);
      left = frozen + length.toNanos() - System.nanoTime();
    }
    service.thaw();
    goesOn(service, frozen, System.nanoTime() - frozen);
    proxy.heal();
    proxy.release();
  }

  /** Evenly over the orders of magnitude; two of three are longer than the delay. */
  private static Duration length(Random random) {
    double shortest = random.nextInt(3) == 0 ? 1 : Service.DELAY.toMillis() + 50.0;
    double longest = MAX_DURATION.toMillis();
    return Duration.ofMillis((long) (shortest * Math.pow(longest / shortest, random.nextDouble())));
  }

  private void goesOn(ServiceProcess service, long frozen, long nanos) throws Exception {
    Map<String, Integer> calls = new HashMap<>();
    Map<String, Long> heardOf = new HashMap<>();
    long thawed = System.nanoTime();
    while (!Service.USERS.stream().allMatch(user -> calls.getOrDefault(user, 0) >= CALLS)) {
      Report report = service.next(Service.DEADLINE.plus(GRACE));
      heard.hear(report);
      long now = System.nanoTime();
      heardOf.put(report.user(), now);
      for (String user : Service.USERS) { // a hanging user must be noticed although others continue
        assertThat(now - heardOf.getOrDefault(user, thawed))
            .as("since %s was heard of; %s", user, service.said())
            .isLessThan(Service.DEADLINE.plus(GRACE).toNanos());
      }
      boolean after = report.began() > frozen;
      long took = report.ended() - report.began() - (after ? 0 : nanos);
      assertThat(took).as("%s", report).isLessThan(Service.DEADLINE.plus(GRACE).toNanos());
      if (after || nanos < Service.DEADLINE.toNanos() / 2) { // else its own time may have run out
        assertThat(report.event()).as("%s; %s", report, service.said()).isNotEqualTo(Event.FAILED);
      }
      if (after && report.event().isCall()) {
        calls.merge(report.user(), 1, Integer::sum);
      }
    }
  }
}
