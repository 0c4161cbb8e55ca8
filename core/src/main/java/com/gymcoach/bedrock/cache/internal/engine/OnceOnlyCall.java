package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.call.BedrockCall;
import com.gymcoach.bedrock.cache.internal.call.CallTrace;
import com.gymcoach.bedrock.cache.internal.call.CallerCode;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.engine.SingleFlight.Landing;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One caller's call to Bedrock. It is made at most once, however often it is requested: a later
 * failure in the cache must not cost a second call. Used for one call; the caller may leave from
 * any thread.
 */
public final class OnceOnlyCall<R> {
  private enum Left implements Runnable {
    LEFT;

    @Override
    public void run() {}
  }

  private final CallerCode callerCode = new CallerCode();
  private final BedrockCall<R> bedrockCall;
  private final AtomicReference<Runnable> onLeaving;
  private @Nullable CompletionStage<Result<R>> made;

  /** The flight that the caller leads or is about to lead; null while it follows. */
  private volatile SingleFlight.@Nullable Flight led;

  private int followed;
  private volatile @Nullable Throwable thrown;
  private volatile @Nullable Throwable uncopied;
  private @Nullable CallTrace trace;

  /** Creates a call that is made through the client. */
  public OnceOnlyCall(BedrockCall<R> bedrockCall) {
    this.bedrockCall = bedrockCall;
    this.onLeaving = new AtomicReference<>(bedrockCall::cancel);
  }

  /** Adds the trace of the caller's call. */
  void tracedBy(@Nullable CallTrace callTrace) {
    trace = callTrace;
  }

  /** Returns the trace of the caller's call, or null if it is not traced. */
  @Nullable CallTrace trace() {
    return trace;
  }

  /** Makes the call, or returns the one already made. */
  CompletionStage<Result<R>> call(CacheOutcome outcome) {
    CompletionStage<Result<R>> call = made;
    if (call == null) {
      call = make(outcome);
      made = call;
    }
    return call;
  }

  private CompletionStage<Result<R>> make(CacheOutcome outcome) {
    SingleFlight.Flight flight = led;
    if (flight != null) {
      flight.calling();
    }
    try {
      return CallTrace.in(trace, () -> bedrockCall.begin(outcome))
          .handle((response, failure) -> new Result<>(response, failure));
    } catch (Throwable failure) {
      thrown = failure;
      return CompletableFuture.completedFuture(Result.failed(failure));
    } finally {
      if (flight != null) {
        flight.called();
      }
    }
  }

  /** Returns the exception that the client threw instead of returning a failed stage, or null. */
  public @Nullable Throwable thrown() {
    return thrown;
  }

  /** Returns a caller's future, or throws what the client threw instead of returning one. */
  public <T extends @Nullable Object> CompletableFuture<T> orThrown(CompletableFuture<T> future) {
    Throwable failure = thrown;
    if (failure != null && future.isCompletedExceptionally()) {
      Result.failed(failure).orThrow();
    }
    return future;
  }

  /**
   * Returns the client's own future, or throws what it threw, for a caller whose future the cache
   * can no longer complete.
   */
  @SuppressWarnings("NullAway") // there is one or the other
  public <T extends @Nullable Object> CompletableFuture<T> givenOrThrown(
      @Nullable CompletableFuture<T> given, CompletableFuture<T> future) {
    Throwable failure = thrown;
    if (failure == null) {
      return given;
    }
    future.completeExceptionally(failure);
    return orThrown(future);
  }

  /** Records why the answer could not be copied or tagged. The caller does not see this failure. */
  public void uncopied(Throwable why) {
    if (uncopied == null) {
      uncopied = why;
    }
  }

  /** Passes on the failures recorded by {@link #uncopied(Throwable)}. */
  void eachFault(BiConsumer<CacheFault, Throwable> to) {
    Throwable why = uncopied;
    if (why != null) {
      to.accept(CacheFault.ENCODE_FAILED, why);
    }
  }

  /**
   * Records that the caller has left and no longer wants an answer. Repeated calls have no effect.
   */
  public void leave() {
    onLeaving.getAndSet(Left.LEFT).run();
  }

  /** Returns whether the caller has left. */
  public boolean left() {
    return onLeaving.get() == Left.LEFT;
  }

  /** Returns the tracker of the caller's code running inside the call. */
  public CallerCode callerCode() {
    return callerCode;
  }

  /**
   * Records the flight that the caller may lead. If anything breaks from here on, this flight must
   * be landed.
   */
  void prepare(SingleFlight.Flight prepared) {
    led = prepared;
  }

  /** Records that the caller shares a flight, so that leaving means leaving that flight. */
  void board(SingleFlight.Ticket ticket) {
    if (!ticket.leads()) {
      led = null;
      followed++;
    }
    leavingMeans(ticket.flight()::leave);
  }

  /** Returns how many flights led by other callers this caller has joined. */
  int followed() {
    return followed;
  }

  /** Records that the caller waits for its own call alone, so that leaving cancels that call. */
  void goAlone() {
    leavingMeans(bedrockCall::cancel);
  }

  /**
   * Leaves the flight that the caller follows, unless it has left already. The caller may continue
   * on its own.
   */
  void leaveFlight() {
    Runnable before =
        onLeaving.getAndUpdate(now -> now == Left.LEFT ? Left.LEFT : bedrockCall::cancel);
    if (before != Left.LEFT) {
      before.run();
    }
  }

  /**
   * Stops sharing: an answer, if any, is for this caller alone. Followers make their own calls
   * without waiting for it.
   */
  public void shareNoMore() {
    land(Landing.UNSHAREABLE);
    goAlone();
  }

  /** Lets no caller join the flight that this caller leads, if there is one, after some time. */
  void joinableFor(Duration fresh) {
    SingleFlight.Flight flight = led;
    if (flight != null) {
      flight.joinableFor(fresh);
    }
  }

  /** Ends the flight that this caller leads, if there is one and it has not ended. */
  void land(Landing how) {
    SingleFlight.Flight flight = led;
    if (flight != null) {
      flight.land(how);
      led = null;
    }
  }

  private void leavingMeans(Runnable what) {
    Runnable before = onLeaving.getAndUpdate(now -> now == Left.LEFT ? Left.LEFT : what);
    if (before == Left.LEFT) {
      what.run();
    }
  }

  BedrockCall<R> bedrockCall() {
    return bedrockCall;
  }
}
