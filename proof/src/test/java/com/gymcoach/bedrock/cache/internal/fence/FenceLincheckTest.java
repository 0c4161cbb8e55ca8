package com.gymcoach.bedrock.cache.internal.fence;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.proof.ModelCheck;
import com.gymcoach.bedrock.proof.SteppedTime;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * No call is served an answer that is older than an invalidation that had returned when the call
 * began. While an invalidation runs, either answer is right, so the model knows no version: it says
 * that no answer is ever too old.
 */
class FenceLincheckTest {
  private static final Partition ALICE =
      new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE);
  private static final String ENDPOINT = "chat";

  /** An answer in memory. */
  private record Kept(int version, Fence fence) {}

  /** The smallest cache there is: one answer, under a fence. */
  public abstract static class Cache {
    final Fences fences = new Fences(new SteppedTime());

    /** The version of the model's answer. */
    final AtomicInteger model = new AtomicInteger();

    private final AtomicInteger oldest = new AtomicInteger();
    private final AtomicReference<@Nullable Kept> memory = new AtomicReference<>();

    abstract Fence fence();

    abstract void takeDown(int kind);

    /** Makes a call; returns whether its answer is too old. */
    @Operation
    public boolean ask() {
      int limit = oldest.get();
      Kept kept = memory.get();
      if (kept == null || !kept.fence().stands()) {
        kept = made();
        memory.set(kept);
      }
      return kept.version() < limit;
    }

    Kept made() {
      Fence fence = fence();
      return new Kept(model.get(), fence);
    }

    @Operation
    public void invalidateEndpoint() {
      invalidate(0);
    }

    @Operation
    public void invalidateScope() {
      invalidate(1);
    }

    @Operation
    public void invalidateAll() {
      invalidate(2);
    }

    private void invalidate(int kind) {
      int version = model.incrementAndGet();
      takeDown(kind);
      oldest.accumulateAndGet(version, Math::max);
    }
  }

  /** With the real fences. */
  public static class Real extends Cache {
    @Override
    Fence fence() {
      return fences.of(ALICE, ENDPOINT);
    }

    @Override
    void takeDown(int kind) {
      switch (kind) {
        case 0 -> fences.takeDown(ALICE, ENDPOINT);
        case 1 -> fences.takeDown(ALICE, null);
        default -> fences.takeDownAll();
      }
    }
  }

  /** Takes the fence after the model was asked. */
  public static final class TakenTooLate extends Real {
    @Override
    Kept made() {
      int version = model.get();
      return new Kept(version, fence());
    }
  }

  /** Leaves the fences of a scope standing. */
  public static final class Forgotten extends Real {
    @Override
    void takeDown(int kind) {
      if (kind != 1) {
        super.takeDown(kind);
      }
    }
  }

  /** The contract. */
  public static final class Model {
    public boolean ask() {
      return false;
    }

    public void invalidateEndpoint() {}

    public void invalidateScope() {}

    public void invalidateAll() {}
  }

  @Test
  void ask_whileOthersInvalidate_isNeverTooOld() {
    ModelCheck.holds(Real.class, Model.class);
  }

  @Test
  void control_fenceTakenAfterTheModelWasAsked_isFound() {
    ModelCheck.isBroken(TakenTooLate.class, Model.class);
  }

  @Test
  void control_fencesOfScopesStay_isFound() {
    ModelCheck.isBroken(Forgotten.class, Model.class);
  }
}
