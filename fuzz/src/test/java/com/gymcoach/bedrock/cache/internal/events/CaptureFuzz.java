package com.gymcoach.bedrock.cache.internal.events;

import static com.gymcoach.bedrock.fuzz.Checks.require;

import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Target;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;

/**
 * Streams whose events, end, demand, cancellation and followers come in any order: each byte of the
 * input is a step. The caller gets the stream, in order, no more than it asked for, and in the end
 * all of it. The copy is whole only if the stream was, and then it is the stream, whatever the
 * caller did to its own events.
 */
public final class CaptureFuzz implements Target {
  private static final int MAX_BYTES = 64;

  /** A fresh byte array of one element stands for an event, which the caller changes. */
  private static final EventCopier<byte[]> COPIER =
      new EventCopier<>() {
        @Override
        public long sizeOf(byte[] event) {
          return event[0] & 7;
        }

        @Override
        public byte[] own(byte[] event) {
          return event.clone();
        }
      };

  /** Bedrock's stream, driven step by step. */
  private static final class Upstream implements SdkPublisher<byte[]>, Subscription {
    private final List<Byte> sent = new ArrayList<>();
    private @Nullable Subscriber<? super byte[]> subscriber;
    private long demand;
    private long asked;
    private boolean cancelled;
    private boolean completed;
    private boolean failed;

    @Override
    public void subscribe(Subscriber<? super byte[]> given) {
      if (subscriber == null) {
        subscriber = given;
        given.onSubscribe(this);
      }
    }

    @Override
    public void request(long n) {
      demand += Math.max(0, n);
      asked += Math.max(0, n);
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    private @Nullable Subscriber<? super byte[]> open() {
      return cancelled || completed || failed ? null : subscriber;
    }

    boolean send(int event) {
      Subscriber<? super byte[]> to = open();
      if (to == null || demand == 0) {
        return false;
      }
      demand--;
      sent.add((byte) event);
      to.onNext(new byte[] {(byte) event});
      return true;
    }

    void end(boolean well) {
      Subscriber<? super byte[]> to = open();
      if (to == null) {
        return;
      }
      completed = well;
      failed = !well;
      if (well) {
        to.onComplete();
      } else {
        to.onError(new IllegalStateException("Connection reset"));
      }
    }
  }

  /** The caller. It may ask for more within its own methods. */
  private static final class Caller implements Subscriber<byte[]> {
    private final List<Byte> received = new ArrayList<>();
    private @Nullable Subscription subscription;
    private long demand;
    private boolean eager;
    private boolean ended;
    private boolean completed;
    private boolean cancelled;

    void request(int n) {
      if (subscription != null && !cancelled) {
        demand += n;
        subscription.request(n);
      }
    }

    void cancel() {
      if (subscription != null) {
        cancelled = true;
        subscription.cancel();
      }
    }

    @Override
    public void onSubscribe(Subscription given) {
      require(subscription == null, "Two subscriptions");
      subscription = given;
      if (eager) {
        request(1);
      }
    }

    @Override
    public void onNext(byte[] event) {
      require(subscription != null && !ended, "An event outside the stream");
      require(!cancelled, "An event after the cancellation");
      require(received.size() < demand, "More events than asked for");
      received.add(event[0]);
      event[0] = (byte) ~event[0]; // on its own copy
      if (eager) {
        request(1);
      }
    }

    @Override
    public void onError(Throwable failure) {
      end();
    }

    @Override
    public void onComplete() {
      completed = true;
      end();
    }

    private void end() {
      require(!ended, "Two ends");
      require(!cancelled, "An end after the cancellation");
      ended = true;
    }
  }

  private static final class Listener implements Capture.Listener {
    @Override
    public void subscribed(BufferSubscription<?> reader) {}

    @Override
    public void invalidDemand(BufferSubscription<?> reader, long n) {}

    @Override
    public void cancelled() {}

    @Override
    public void ended(@Nullable Throwable failure) {}

    @Override
    public boolean threw(BufferSubscription<?> reader, Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  /** One run of steps. */
  private static final class Run {
    private final Upstream upstream = new Upstream();
    private final Caller caller = new Caller();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Capture<byte[]> capture =
        new Capture<>(upstream, COPIER, MAX_BYTES, new Listener(), tasks::add);
    private boolean subscribed;
    private boolean hurried;
    private boolean stopped;

    void step(int value) {
      int argument = value >> 4;
      switch (value & 15) {
        case 0, 1, 2, 3 -> {
          boolean unused = upstream.send(value);
        }
        case 4, 5, 6 -> caller.request(1 + argument);
        case 7 -> {
          hurried = true;
          capture.hurry();
        }
        case 8, 9 -> subscribe();
        case 10 -> upstream.end(argument < 12);
        case 11 -> caller.eager = argument < 12;
        case 12, 13 -> work();
        case 14 -> {
          if (argument == 0) {
            stopped = true;
            capture.cancel();
          }
        }
        default -> {
          if (argument == 0) {
            caller.cancel();
          }
        }
      }
      compare();
    }

    private void subscribe() {
      if (!subscribed) {
        subscribed = true;
        capture.subscribe(caller);
      }
    }

    private void work() {
      Runnable task = tasks.poll();
      if (task != null) {
        task.run();
      }
    }

    private void compare() {
      List<Byte> received = caller.received;
      require(
          received.size() <= upstream.sent.size()
              && received.equals(upstream.sent.subList(0, received.size())),
          "The caller's events are not the stream's");
      require(
          !caller.completed || received.size() == upstream.sent.size(),
          "The caller's end is early");
      require(!caller.completed || upstream.completed, "The caller's stream ended well, alone");
      if (!hurried) {
        require(upstream.asked <= caller.demand, "More is asked of Bedrock than the caller wants");
      }
      Streamed<ConverseStreamResponse, byte[]> copy =
          capture.streamed(ConverseStreamResponse.builder().build());
      if (copy.incompleteReason() == null) {
        require(upstream.completed && !stopped, "A cut stream is kept");
        List<Byte> kept = new ArrayList<>();
        copy.forEach(event -> kept.add(event[0]));
        require(kept.equals(upstream.sent), "The copy is not the stream");
        require(copy.bytes() <= MAX_BYTES, "The copy is too large");
      }
    }

    /** Lets the stream and its caller go on to the end. */
    void finish() {
      subscribe();
      caller.request(1_000);
      while (!tasks.isEmpty()) {
        work();
      }
      upstream.end(true);
      while (!tasks.isEmpty()) {
        work();
      }
      compare();
      if (!caller.cancelled && (upstream.completed || upstream.failed)) {
        require(caller.ended, "The caller waits for the end in vain");
        require(
            upstream.failed || caller.received.size() == upstream.sent.size(),
            "The caller lacks events");
      }
    }
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(
        new byte[] {8, 4, 0, 1, 0x44, 2, 3, 10},
        new byte[] {7, 0, 1, 2, 8, 12, 4, 12, 3, 0x14, 12, 10, 12},
        new byte[] {11, 9, 0, 0, 0, 10},
        new byte[] {8, 0x74, 3, 19, 35, 51, 67, 83, 99, 115, 7, 115, 10, 4, 12},
        new byte[] {8, 4, 0, 15, 7, 0, 10});
  }

  @Override
  public List<byte[]> nearMisses() {
    return List.of(new byte[] {8, 4, 0, 14, 0, 10}, new byte[] {8, 0x24, 0, 1, (byte) 0xCA});
  }

  @Override
  public boolean accepts(byte[] input) {
    return Bounds.within(
        input,
        4_096, // of which most is this test's
        64 * 1_024,
        () -> {
          Run run = new Run();
          for (int i = 0; i < Math.min(512, input.length); i++) {
            run.step(Byte.toUnsignedInt(input[i]));
          }
          run.finish();
          return run.upstream.completed;
        });
  }
}
