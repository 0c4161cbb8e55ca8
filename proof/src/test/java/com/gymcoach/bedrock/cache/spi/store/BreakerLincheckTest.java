package com.gymcoach.bedrock.cache.spi.store;

import com.gymcoach.bedrock.cache.spi.time.Pause;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import com.gymcoach.bedrock.proof.ModelCheck;
import com.gymcoach.bedrock.proof.SteppedTime;
import java.time.Duration;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The breaker gives one probe an interval, and opens and closes as if calls came one by one. */
class BreakerLincheckTest {
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration LONG_INTERVAL = Duration.ofSeconds(3);

  private static final StoreFailure PERMANENT =
      new StoreFailure("AccessDenied", StoreFailure.Kind.PERMANENT);

  /** The real breaker. */
  public static final class Real {
    private final SteppedTime time = new SteppedTime();
    private final Breaker breaker =
        new Breaker(
            StoreGuard.builder("Calls", CacheStore.class)
                .probeInterval(INTERVAL)
                .longProbeInterval(LONG_INTERVAL)
                .timeSource(time));

    @Operation
    public String ask() {
      return breaker.ask().name();
    }

    @Operation
    public void failForGood() {
      breaker.note(Breaker.Permit.CALL, PERMANENT);
    }

    @Operation
    public void probeSucceeds() {
      breaker.note(Breaker.Permit.PROBE, null);
    }

    @Operation
    public void probeFails() {
      breaker.note(Breaker.Permit.PROBE, PERMANENT);
    }

    @Operation
    public boolean isOpen() {
      return breaker.isOpen();
    }

    @Operation(nonParallelGroup = "clock")
    public void second() {
      time.step();
    }
  }

  /** The model: an open breaker has a time at which it gives the next probe. */
  public static final class Model {
    private int now;
    private int probeAt;
    private boolean open;

    public String ask() {
      if (!open) {
        return "CALL";
      }
      if (now < probeAt) {
        return "NONE";
      }
      probeAt = now + 1;
      return "PROBE";
    }

    public void failForGood() {
      if (!open) {
        probeAt = now + 3;
        open = true;
      }
    }

    public void probeSucceeds() {
      open = false;
    }

    public void probeFails() {
      if (open) {
        probeAt = now + 3;
      }
    }

    public boolean isOpen() {
      return open;
    }

    public void second() {
      now++;
    }
  }

  /** A breaker without a lock: two callers may find the pause over. */
  public static final class Broken {
    private final TimeSource time = new SteppedTime();
    private final Circuit circuit = new Circuit();
    private volatile @Nullable Pause pause;

    @Operation
    public String ask() {
      if (!circuit.isOpen()) {
        return "CALL";
      }
      Pause current = pause;
      if (current != null && !current.isOver(time)) {
        return "NONE";
      }
      pause = Pause.of(INTERVAL, time);
      return "PROBE";
    }

    @Operation
    public void failForGood() {
      if (circuit.open()) {
        pause = Pause.of(LONG_INTERVAL, time);
      }
    }

    @Operation
    public boolean isOpen() {
      return circuit.isOpen();
    }
  }

  @Test
  void breaker_whenCalledConcurrently_behavesAsOneAfterTheOther() {
    ModelCheck.holds(Real.class, Model.class);
  }

  @Test
  void control_breakerWithoutLock_isFound() {
    ModelCheck.isBroken(Broken.class, Model.class);
  }
}
