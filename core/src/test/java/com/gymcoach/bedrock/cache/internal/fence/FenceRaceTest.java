package com.gymcoach.bedrock.cache.internal.fence;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.FakeBedrock;
import com.gymcoach.bedrock.cache.FakeStore;
import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.internal.call.Blocking;
import com.gymcoach.bedrock.cache.internal.engine.Engine;
import com.gymcoach.bedrock.cache.internal.engine.Engines;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** An invalidation between two steps of a call that is at changing fences itself. */
class FenceRaceTest {
  private static final Partition PARTITION =
      new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE);

  private final FakeTime time = new FakeTime();
  private final FakeStore store = new FakeStore();

  /** Does something once, when fences of a partition are being taken down. */
  private static final class Interrupted extends Fences {
    private Runnable before = () -> {};
    private Runnable after = () -> {};

    Interrupted(FakeTime time) {
      super(time);
    }

    @Override
    void takeDown(PartitionFence parent) {
      Runnable first = before;
      Runnable then = after;
      before = () -> {};
      after = () -> {};
      first.run();
      super.takeDown(parent);
      then.run();
    }
  }

  private Engine engine(Fences fences) {
    return Engines.engine(fences, store, time);
  }

  private static String ask(Engine engine, String question, String answer) {
    return Engines.ask(
            engine,
            question,
            () -> CompletableFuture.completedFuture(FakeBedrock.reply(answer, StopReason.END_TURN)),
            Blocking.INSTANCE)
        .join();
  }

  /**
   * A call reads an entry that another process has invalidated and written again; then this one
   * invalidates.
   */
  @Test
  void f69_invalidatedWhileAReadIsBetweenTwoFences_isServedToNobodyLater() {
    Interrupted fences = new Interrupted(time);
    Engine here = engine(fences);
    Engine there = engine(new Fences(time));
    CacheScope all = CacheScope.user("alice");
    ask(here, "another question", "first");
    there.invalidation().invalidate(all, Blocking.INSTANCE);
    ask(there, "question", "before");
    fences.after = () -> here.invalidation().invalidate(all, Blocking.INSTANCE);
    assertThat(ask(here, "question", "")).isEqualTo("before"); // it began before the invalidation
    assertThat(ask(here, "question", "after")).isEqualTo("after");
  }

  private static Markers markers(long namespace) {
    return new Markers(new Marker(1, 1), Marker.NONE, new Marker(namespace, namespace));
  }

  /**
   * A read from before the invalidation finds the namespace purged, and starts again under the new
   * marker.
   */
  @Test
  void f69_f71_namespaceIsPurgedAsAScopeIsInvalidated_olderReadsKeepNothing() {
    Interrupted fences = new Interrupted(time);
    Fence first = fences.of(PARTITION, "chat");
    fences.observe(first, markers(1), fences.beginRead());
    time.advance(Engines.DELAY);
    Fences.Read reading = fences.beginRead();
    Fence[] renewed = new Fence[1];
    fences.before = () -> renewed[0] = fences.observe(first, markers(2), reading).fence();
    fences.takeDown(PARTITION, null);
    assertThat(renewed[0].stands()).isFalse();
  }
}
