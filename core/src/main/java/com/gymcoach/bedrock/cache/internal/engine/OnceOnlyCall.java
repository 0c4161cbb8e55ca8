package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.engine.SingleFlight.Landing;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One caller's call to Bedrock. It is made once at most, however often it is asked for: what fails
 * in the cache afterwards must not cost a second call. Used by one call; the caller may leave from
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

  /** The flight that the caller leads, or was about to lead; null while it follows. */
  private volatile SingleFlight.@Nullable Flight led;

  private int followed;
  private volatile @Nullable Throwable thrown;
  private volatile @Nullable Throwable uncopied;

  /** Returns the call that will be made by asking the client. */
  public OnceOnlyCall(BedrockCall<R> bedrockCall) {
    this.bedrockCall = bedrockCall;
    this.onLeaving = new AtomicReference<>(bedrockCall::cancel);
  }

  /** Makes the call, or returns the one made. */
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
      return bedrockCall
          .begin(outcome)
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

  /** Returns what the client threw rather than return a stage that fails with it, or null. */
  public @Nullable Throwable thrown() {
    return thrown;
  }

  /** Notes why the answer could not be copied or marked, of which its caller has heard nothing. */
  public void uncopied(Throwable why) {
    if (uncopied == null) {
      uncopied = why;
    }
  }

  /** Gives what the client's side of the call has noted. */
  void eachFault(BiConsumer<CacheFault, Throwable> to) {
    Throwable why = uncopied;
    if (why != null) {
      to.accept(CacheFault.ENCODE_FAILED, why);
    }
  }

  /** The caller has gone and wants no answer any more. Later calls change nothing. */
  public void leave() {
    onLeaving.getAndSet(Left.LEFT).run();
  }

  /** Returns whether the caller has gone. */
  public boolean left() {
    return onLeaving.get() == Left.LEFT;
  }

  /** Returns what of the caller's own code is running inside the call. */
  public CallerCode callerCode() {
    return callerCode;
  }

  /** The caller may come to lead this flight: whatever breaks from here on must land it. */
  void prepare(SingleFlight.Flight prepared) {
    led = prepared;
  }

  /** The caller waits with others: leaving concerns the flight first. */
  void board(SingleFlight.Ticket ticket) {
    if (!ticket.leads()) {
      led = null;
      followed++;
    }
    leavingMeans(ticket.flight()::leave);
  }

  /** Returns how many flights of others the caller has joined. */
  int followed() {
    return followed;
  }

  /** The caller waits for its own call alone. */
  void goAlone() {
    leavingMeans(bedrockCall::cancel);
  }

  /** The caller leaves the flight that it follows, unless it has left already, and may go on. */
  void leaveFlight() {
    Runnable before =
        onLeaving.getAndUpdate(now -> now == Left.LEFT ? Left.LEFT : bedrockCall::cancel);
    if (before != Left.LEFT) {
      before.run();
    }
  }

  /**
   * The answer, if there will be one, is fit for this caller alone: followers ask for themselves,
   * and need not wait for it.
   */
  public void shareNoMore() {
    land(Landing.UNSHAREABLE);
    goAlone();
  }

  /** Ends the flight that this caller leads, if it leads one that has not ended. */
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
