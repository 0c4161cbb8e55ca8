package com.gymcoach.bedrock.cache.internal.fence;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.FakeBedrock;
import com.gymcoach.bedrock.cache.FakeStore;
import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.internal.call.Blocking;
import com.gymcoach.bedrock.cache.internal.call.NonBlocking;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.engine.Engine;
import com.gymcoach.bedrock.cache.internal.engine.Engines;
import com.gymcoach.bedrock.cache.internal.env.Randomness;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** The control of the fence: without it, the same run serves invalidated answers. */
@ParameterizedClass
@EnumSource
class FenceControlTest {

  /** How a caller waits. */
  enum CallingStyle {
    SYNC,
    ASYNC
  }

  private final CallingStyle way;
  private final FakeTime time = new FakeTime();
  private final FakeStore store = new FakeStore();

  FenceControlTest(CallingStyle way) {
    this.way = way;
  }

  /** Fences that stop nothing. */
  private static final class NoFences extends Fences {
    NoFences(FakeTime time) {
      super(time);
    }

    @Override
    void takeDown(PartitionFence parent) {}

    @Override
    public void takeDown(Fence fence) {}

    @Override
    public boolean admits(Markers made, Markers inForce) {
      return true;
    }
  }

  private Engine engine(Fences fences) {
    return Engines.engine(fences, store, time);
  }

  /** Begins a call that Bedrock answers when the future is complete; tells when it is asked. */
  private CompletableFuture<String> start(
      Engine engine, CompletableFuture<ConverseResponse> bedrock, Runnable asked) {
    if (way == CallingStyle.ASYNC) {
      return call(
          engine,
          () -> {
            asked.run();
            return bedrock;
          },
          new NonBlocking(Engines.environment(time, new Randomness())));
    }
    return CompletableFuture.supplyAsync(
        () ->
            call(
                    engine,
                    () -> {
                      asked.run();
                      return CompletableFuture.completedFuture(bedrock.join());
                    },
                    Blocking.INSTANCE)
                .join(),
        task -> new Thread(task, "caller").start());
  }

  private static CompletableFuture<String> call(
      Engine engine, Supplier<CompletableFuture<ConverseResponse>> bedrock, WaitStrategy waiting) {
    return Engines.ask(engine, "Plan my week", bedrock, waiting);
  }

  private String ask(Engine engine, Supplier<ConverseResponse> bedrock) {
    WaitStrategy waiting =
        way == CallingStyle.SYNC
            ? Blocking.INSTANCE
            : new NonBlocking(Engines.environment(time, new Randomness()));
    return call(engine, () -> CompletableFuture.completedFuture(bedrock.get()), waiting).join();
  }

  private static ConverseResponse before() {
    return FakeBedrock.reply("before", StopReason.END_TURN);
  }

  private static ConverseResponse after() {
    return FakeBedrock.reply("after", StopReason.END_TURN);
  }

  /** Invalidates while Bedrock is thinking, in this instance, and asks it and another one again. */
  private List<String> run(Supplier<Fences> fences) {
    Engine here = engine(fences.get());
    Engine there = engine(fences.get());
    ask(
        here,
        () -> {
          here.invalidation().invalidate(Engines.ALICE, Blocking.INSTANCE);
          return before();
        });
    return List.of(ask(here, FenceControlTest::after), ask(there, FenceControlTest::after));
  }

  /** Invalidates while a call waits for Bedrock, and asks again before that call is answered. */
  private String askBesideOlderFlight(Fences fences) throws Exception {
    Engine engine = engine(fences);
    CompletableFuture<ConverseResponse> bedrock = new CompletableFuture<>();
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<String> older = start(engine, bedrock, asked::countDown);
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    engine.invalidation().invalidate(Engines.ALICE, Blocking.INSTANCE);
    CompletableFuture<String> later =
        start(engine, CompletableFuture.completedFuture(after()), () -> {});
    bedrock.complete(before());
    assertThat(older.join()).isEqualTo("before");
    return later.join();
  }

  /** Invalidates in one instance what another has in memory, and asks that one after the delay. */
  private String askAnotherInstance(Supplier<Fences> fences) {
    Engine here = engine(fences.get());
    Engine there = engine(fences.get());
    ask(there, FenceControlTest::before);
    here.invalidation().invalidate(Engines.ALICE, Blocking.INSTANCE);
    time.advance(Engines.DELAY);
    return ask(there, FenceControlTest::after);
  }

  @Test
  void inFlightAnswer_withTheFence_isServedToNobody() {
    assertThat(run(() -> new Fences(time))).containsExactly("after", "after");
  }

  @Test
  void inFlightAnswer_withoutTheFence_isServedByBothTiers() {
    assertThat(run(() -> new NoFences(time))).containsExactly("before", "before");
  }

  @Test
  void callAfterInvalidate_withTheFence_joinsNoOlderFlight() throws Exception {
    assertThat(askBesideOlderFlight(new Fences(time))).isEqualTo("after");
  }

  /** Elapsed time stands still while a process is frozen: only the wall clock tells how long. */
  @Test
  void callAfterAThaw_whenAnotherInstanceInvalidatedMeanwhile_joinsNoOlderFlight()
      throws Exception {
    Engine here = engine(new Fences(time));
    Engine frozen = engine(new Fences(time));
    CompletableFuture<ConverseResponse> bedrock = new CompletableFuture<>();
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<String> older = start(frozen, bedrock, asked::countDown);
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    here.invalidation().invalidate(Engines.ALICE, Blocking.INSTANCE);
    time.jump(Engines.DELAY);
    CompletableFuture<String> later =
        start(frozen, CompletableFuture.completedFuture(after()), () -> {});
    bedrock.complete(before());
    assertThat(older.join()).isEqualTo("before");
    assertThat(later.join()).isEqualTo("after");
  }

  @Test
  void callAfterInvalidate_withoutTheFence_joinsTheOlderFlight() throws Exception {
    assertThat(askBesideOlderFlight(new NoFences(time))).isEqualTo("before");
  }

  @Test
  void anotherInstance_withTheFence_obeysWithinTheDelay() {
    assertThat(askAnotherInstance(() -> new Fences(time))).isEqualTo("after");
  }

  @Test
  void anotherInstance_withoutTheFence_goesOnServing() {
    assertThat(askAnotherInstance(() -> new NoFences(time))).isEqualTo("before");
  }
}
