package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.internal.call.BedrockCall;
import com.gymcoach.bedrock.cache.internal.call.Blocking;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.ClientIdentity;
import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.env.Randomness;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.tier.HotLink;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.proof.ModelCheck;
import com.gymcoach.bedrock.proof.SteppedTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** Concurrent callers share a flight as if they came one after the other; one of them leads. */
class SingleFlightLincheckTest {
  private static final int THREADS = 4;
  private static final ConverseRequest REQUEST = ConverseRequest.builder().modelId("m").build();
  private static final Plan PLAN =
      new Plan.Lookup(
          new CallContext("Converse", "m", "chat"),
          new HotLink(
              new EntryAddress(
                  new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE),
                  "chat",
                  new Digest(5, 6, 7, 8))),
          CacheControl.DEFAULT,
          CacheableOperation.OptIns.NONE,
          false);

  /** The result of an operation that its thread's state does not allow. */
  private static final String NOT_NOW = "not now";

  private static final String LEADS = "leads";
  private static final String FOLLOWS = "follows";
  private static final String LEAVES = "leaves";
  private static final String ABANDONS = "abandons the call";

  /** The callers of one request, one for each thread. */
  public static class Real {
    private final SteppedTime time = new SteppedTime();

    /** Whether this thread has abandoned a call. */
    private final ThreadLocal<Boolean> abandons = ThreadLocal.withInitial(() -> false);

    private final AtomicReferenceArray<SingleFlight.@Nullable Ticket> tickets =
        new AtomicReferenceArray<>(THREADS);
    private final SingleFlight flights =
        new SingleFlight(
            new Environment(
                time,
                Runnable::run,
                Runnable::run,
                delay -> new CompletableFuture<>(), // no time passes
                new Randomness(() -> 0)));

    private final class Call implements BedrockCall<ConverseResponse> {
      @Override
      public CompletionStage<ConverseResponse> begin(CacheOutcome outcome) {
        return new CompletableFuture<>();
      }

      @Override
      public void abandon() {
        abandons.set(true);
      }
    }

    private SingleFlight.Flight prepared() {
      Exchange<ConverseRequest, ConverseResponse> exchange = exchange();
      exchange.leavesMemory(new OnceOnlyCall<>(new Call()), Blocking.INSTANCE);
      return flights.prepare(exchange, "fence");
    }

    @Operation
    public String board(@Param(gen = ThreadIdGen.class) int thread) {
      if (tickets.get(thread) != null) {
        return NOT_NOW;
      }
      SingleFlight.Ticket ticket = flights.board(prepared(), null);
      tickets.set(thread, ticket);
      return ticket.leads() ? LEADS : FOLLOWS;
    }

    /** The leader ends the flight. */
    @Operation
    public String land(@Param(gen = ThreadIdGen.class) int thread) {
      SingleFlight.Ticket ticket = tickets.get(thread);
      if (ticket == null || !ticket.leads()) {
        return NOT_NOW;
      }
      tickets.set(thread, null);
      ticket.flight().land(SingleFlight.Landing.UNSHAREABLE);
      return "landed";
    }

    /** Leaves without an answer; returns whether the call is abandoned by that. */
    @Operation
    public String leave(@Param(gen = ThreadIdGen.class) int thread) {
      SingleFlight.Ticket ticket = tickets.get(thread);
      if (ticket == null) {
        return NOT_NOW;
      }
      tickets.set(thread, null);
      abandons.set(false);
      ticket.flight().leave();
      return abandons.get() ? ABANDONS : LEAVES;
    }

    @Operation
    public boolean isUnderWay() {
      return flights.underWay(exchange(), "fence") != null;
    }

    private Exchange<ConverseRequest, ConverseResponse> exchange() {
      return new Exchange<>(
          new CallerRequest<>(
              CacheableOperations.CONVERSE,
              REQUEST,
              new CallerRequest.ResolvedScope(null, null),
              new ClientIdentity("", false),
              null),
          new CallRecord(time),
          PLAN,
          RolloutState.of(CacheMode.ON, 100));
    }
  }

  /** The model: at most one flight at a time, which those aboard share. */
  public static final class Model {
    private static final class Flight {
      int aboard = 1;
    }

    private final @Nullable Flight[] boarded = new Flight[THREADS];
    private final boolean[] leads = new boolean[THREADS];
    private @Nullable Flight underWay;

    public String board(int thread) {
      if (boarded[thread] != null) {
        return NOT_NOW;
      }
      Flight flight = underWay;
      if (flight != null && flight.aboard > 0) {
        flight.aboard++;
        boarded[thread] = flight;
        leads[thread] = false;
        return FOLLOWS;
      }
      flight = new Flight();
      underWay = flight;
      boarded[thread] = flight;
      leads[thread] = true;
      return LEADS;
    }

    public String land(int thread) {
      Flight flight = boarded[thread];
      if (flight == null || !leads[thread]) {
        return NOT_NOW;
      }
      boarded[thread] = null;
      if (underWay == flight) {
        underWay = null;
      }
      return "landed";
    }

    public String leave(int thread) {
      Flight flight = boarded[thread];
      if (flight == null) {
        return NOT_NOW;
      }
      boarded[thread] = null;
      flight.aboard--;
      return flight.aboard == 0 ? ABANDONS : LEAVES;
    }

    public boolean isUnderWay() {
      return underWay != null;
    }
  }

  /** A table that is asked first and written then. */
  public static final class CheckThenAct {
    private volatile @Nullable Integer leader;
    private final boolean[] aboard = new boolean[THREADS];

    @Operation
    public String board(@Param(gen = ThreadIdGen.class) int thread) {
      if (aboard[thread]) {
        return NOT_NOW;
      }
      aboard[thread] = true;
      if (leader == null) {
        leader = thread;
        return LEADS;
      }
      return FOLLOWS;
    }

    @Operation
    public String land(@Param(gen = ThreadIdGen.class) int thread) {
      Integer leads = leader;
      if (!aboard[thread] || leads == null || leads != thread) {
        return NOT_NOW;
      }
      aboard[thread] = false;
      leader = null;
      return "landed";
    }
  }

  @Test
  void board_whenCallersComeAndGo_hasOneLeaderAtATime() {
    ModelCheck.holds(Real.class, Model.class);
  }

  @Test
  void control_tableThatIsNotAtomic_isFound() {
    ModelCheck.isBroken(CheckThenAct.class, Model.class);
  }
}
