package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.StreamCalls.WHOLE;
import static com.gymcoach.bedrock.cache.StreamCalls.start;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CannedHttp.Body;
import com.gymcoach.bedrock.cache.internal.call.Result;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** On whose threads the calls of async clients go on. */
@Timeout(60)
class ThreadsTest {
  private static final int MANY = 20;

  private static final ConverseRequest HASTY =
      FakeBedrock.ask("one").toBuilder()
          .overrideConfiguration(o -> o.apiCallTimeout(Duration.ofMillis(50)))
          .build();

  /** A cache whose store never answers, so that calls go on where the time is up. */
  private static BedrockCache afterTimeouts(Executor executor) {
    FakeStore stuck = new FakeStore();
    stuck.hang = true;
    return BedrockCache.builder().store(stuck).executor(executor).build();
  }

  /** Not the JVM's one timer thread, and not the caller's. */
  @Test
  void f64_timeout_goesOnOnTheExecutorGiven() throws Exception {
    CompletableFuture<Thread> asked = new CompletableFuture<>();
    CannedHttp watched =
        new CannedHttp(
            n -> {
              asked.complete(Thread.currentThread());
              return Body.of(WHOLE);
            });
    try (BedrockCache own = afterTimeouts(task -> new Thread(task, "given").start())) {
      start(StreamCalls.cached(watched.client(), own), Listener.eager()).get(30, TimeUnit.SECONDS);
      assertThat(asked.join().getName()).isEqualTo("given");
    }
  }

  /** One that is full; one that is shut down in its own way; one that can start no thread. */
  @ParameterizedTest
  @ValueSource(
      classes = {
        RejectedExecutionException.class,
        IllegalStateException.class,
        OutOfMemoryError.class
      })
  void f23_f63_storeHangsAndTheExecutorThrows_callerGetsBedrocksAnswerOnANewThread(
      Class<? extends Throwable> thrown) throws Exception {
    Throwable failure = thrown.getConstructor(String.class).newInstance("no more threads");
    CompletableFuture<Thread> asked = new CompletableFuture<>();
    FakeBedrock bedrock = new FakeBedrock();
    bedrock.answer =
        request -> {
          asked.complete(Thread.currentThread());
          return FakeBedrock.reply("answer", StopReason.END_TURN);
        };
    try (BedrockCache full =
        afterTimeouts(
            task -> {
              throw Result.<RuntimeException>unchanged(failure);
            })) {
      CachingBedrockAsyncClient client = StreamCalls.cached(new FakeAsyncBedrock(bedrock), full);
      assertThat(client.converse(FakeBedrock.ask("one")).get(10, TimeUnit.SECONDS)).isNotNull();
      assertThat(asked.join().getName()).isEqualTo("bedrock-cache");
    }
  }

  /** They take their time in their callbacks, as many as there may be. */
  @Test
  void f63_f64_manyFollowersTimeOutAndBlockInTheirCallbacks_jvmsTimerGoesOn() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(MANY);
    try (BedrockCache cache = BedrockCache.builder().timeSource(new FakeTime()).build()) {
      CachingBedrockAsyncClient client =
          StreamCalls.cached(new ScriptedAsyncClient(CompletableFuture::new), cache);
      CompletableFuture<?> leader = client.converse(FakeBedrock.ask("one"));
      for (int i = 0; i < MANY; i++) {
        CompletableFuture<?> unused =
            client
                .converse(HASTY)
                .whenComplete(
                    (response, failure) -> {
                      blocked.countDown();
                      hold(release);
                    });
      }
      assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<String> anybodys =
          new CompletableFuture<String>().completeOnTimeout("on time", 1, TimeUnit.MILLISECONDS);
      assertThat(anybodys.get(10, TimeUnit.SECONDS)).isEqualTo("on time");
      assertThat(leader).isNotDone();
    } finally {
      release.countDown();
    }
  }

  /** The leader's future ends after the landing: it must not wait for the followers' callbacks. */
  @Test
  void f58_followersCallbackJoinsTheLeader_bothEnd() throws Exception {
    CompletableFuture<ConverseResponse> pending = new CompletableFuture<>();
    try (BedrockCache cache = BedrockCache.builder().build()) {
      CachingBedrockAsyncClient client =
          StreamCalls.cached(new ScriptedAsyncClient(() -> pending), cache);
      CompletableFuture<ConverseResponse> leader = client.converse(FakeBedrock.ask("one"));
      CompletableFuture<String> both =
          client
              .converse(FakeBedrock.ask("one"))
              .thenApply(own -> own.stopReasonAsString() + leader.join().stopReasonAsString());
      Thread sdk =
          new Thread(() -> pending.complete(FakeBedrock.reply("answer", StopReason.END_TURN)));
      sdk.setDaemon(true);
      sdk.start();
      assertThat(both.get(10, TimeUnit.SECONDS)).isEqualTo("end_turnend_turn");
    }
  }

  /** A pipe to a page: the SDK's thread puts, the caller's own takes once the call has returned. */
  private static int piped(CachingBedrockAsyncClient client) {
    BlockingQueue<ConverseStreamOutput> pipe = new ArrayBlockingQueue<>(1);
    Listener listener =
        Listener.eager()
            .doing(
                event -> {
                  try {
                    pipe.put(event);
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    CompletableFuture<Void> call = StreamCalls.start(client, listener);
    int taken = 0;
    try {
      while (!call.isDone() || !pipe.isEmpty()) {
        taken += pipe.poll(1, TimeUnit.MILLISECONDS) == null ? 0 : 1;
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return taken;
  }

  private static CompletableFuture<Integer> elsewhere(CachingBedrockAsyncClient client) {
    CompletableFuture<Integer> taken = new CompletableFuture<>();
    Thread caller = new Thread(() -> taken.complete(piped(client)));
    caller.setDaemon(true);
    caller.start();
    return taken;
  }

  @Test
  void f53_hitIntoABoundedPipe_isDeliveredAsTheMissWas() throws Exception {
    Body body = Body.open();
    BedrockCache cache = BedrockCache.builder().build();
    CachingBedrockAsyncClient client =
        StreamCalls.cached(new CannedHttp(n -> body).client(), cache);
    CompletableFuture<Integer> miss = elsewhere(client);
    Thread sdk =
        new Thread(
            () -> {
              StreamCalls.WHOLE.forEach(body::push);
              body.end();
            });
    while (body.requested.get() == 0) {
      Thread.onSpinWait();
    }
    sdk.start();
    assertThat(miss.get(10, TimeUnit.SECONDS)).isEqualTo(StreamCalls.WHOLE.size());
    assertThat(cache.stats().hotEntries()).isEqualTo(1);
    assertThat(elsewhere(client).get(10, TimeUnit.SECONDS)).isEqualTo(StreamCalls.WHOLE.size());
  }

  /** The thread that requests events may not be ready to receive them. */
  @Test
  void f53_replayIsSubscribedToAndAskedForLater_eventsComeOnAnotherThread() throws Exception {
    BedrockCache cache = BedrockCache.builder().executor(StreamCalls.JOINED).build();
    CachingBedrockAsyncClient client = StreamCalls.cached(CannedHttp.always(WHOLE).client(), cache);
    start(client, Listener.eager()).join();
    CompletableFuture<SdkPublisher<ConverseStreamOutput>> hit = new CompletableFuture<>();
    CompletableFuture<Void> call =
        client.converseStream(
            StreamsTest.ask("one"),
            ConverseStreamResponseHandler.builder().onEventStream(hit::complete).build());
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    Listener later = Listener.wanting(1).doing(event -> threads.add(Thread.currentThread()));
    hit.get(10, TimeUnit.SECONDS).subscribe(later);
    later.request(1);
    later.request(Long.MAX_VALUE);
    call.get(10, TimeUnit.SECONDS);
    assertThat(later.events).hasSize(WHOLE.size());
    assertThat(threads).isNotEmpty().doesNotContain(Thread.currentThread());
  }

  private static void hold(CountDownLatch release) {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
