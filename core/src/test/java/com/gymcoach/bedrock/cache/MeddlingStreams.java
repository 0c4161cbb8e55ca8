package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.CannedHttp.Body;
import com.gymcoach.bedrock.cache.MeddlingCaller.Deed;
import com.gymcoach.bedrock.cache.MeddlingCaller.Place;
import com.gymcoach.bedrock.cache.internal.stream.StreamHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;

/** Streams of which the first caller does harm, over the real SDK client. */
final class MeddlingStreams {
  /** Which stream is asked for. */
  enum Operation {
    CONVERSE_STREAM,
    INVOKE_MODEL_STREAM
  }

  /** When the second caller comes: before the first does harm, or after. */
  enum Join {
    BEFORE,
    AFTER
  }

  /** One way of doing harm to one stream. */
  record Cell(Operation operation, Place place, Deed deed, boolean shared, Join join) {
    /** The callbacks that tell of a failure are only called where Bedrock fails. */
    boolean bedrockFails() {
      return place == Place.ON_ERROR || place == Place.EXCEPTION_OCCURRED;
    }
  }

  /** The course of a call: the calls of its handler, and the final state of its future. */
  record Story(List<String> heard, int events, boolean done, @Nullable String failure) {
    static Story of(MeddlingCaller<?, ?> caller, CompletableFuture<Void> call) {
      String failure =
          call.isCompletedExceptionally()
              ? call.handle((nothing, thrown) -> bare(thrown).getClass().getSimpleName()).join()
              : null;
      return new Story(List.copyOf(caller.heard), caller.events.size(), call.isDone(), failure);
    }
  }

  /** The SDK returns a dependent stage, which wraps what it fails with. */
  private static Throwable bare(Throwable thrown) {
    Throwable cause = thrown.getCause();
    return thrown instanceof CompletionException && cause != null ? cause : thrown;
  }

  /**
   * What came of a cell.
   *
   * @param bare how the harmful caller's call goes without a cache, null where it blocks
   * @param leader how it went through the cache
   * @param follower how the second caller's went, while the first was still at it
   * @param next how a third caller's went, after both
   * @param calls how often Bedrock was called
   */
  record Outcome(@Nullable Story bare, Story leader, Story follower, Story next, int calls) {}

  private static final List<byte[]> CHUNKS =
      List.of(
          Frames.chunk("{\"generation\":\"Squat \",\"stop_reason\":null}"),
          Frames.chunk("{\"generation\":\"very \",\"stop_reason\":null}"),
          Frames.chunk(
              "{\"generation\":\"deep.\",\"stop_reason\":\"stop\","
                  + "\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":9}}"));

  private final Cell cell;
  private final CountDownLatch release = new CountDownLatch(1);

  private MeddlingStreams(Cell cell) {
    this.cell = cell;
  }

  /** Plays a cell. */
  static Outcome play(Cell cell) throws Exception {
    MeddlingStreams streams = new MeddlingStreams(cell);
    try {
      return streams.play();
    } finally {
      streams.release.countDown();
    }
  }

  private List<byte[]> frames() {
    return cell.operation == Operation.CONVERSE_STREAM ? StreamCalls.WHOLE : CHUNKS;
  }

  static int events(Operation operation) {
    return operation == Operation.CONVERSE_STREAM ? StreamCalls.WHOLE.size() : CHUNKS.size();
  }

  /** A first call whose answer is pushed by a thread like the network's; others come at once. */
  private final class Bedrock {
    final CountDownLatch go = new CountDownLatch(1);
    final Thread network;
    final CannedHttp http;

    Bedrock() {
      Body first = Body.open();
      network = new Thread(() -> push(first), "network");
      network.setDaemon(true);
      http = new CannedHttp(n -> n == 0 ? first : Body.of(frames()), this::deliver);
    }

    private void deliver(Runnable headersAndStream, int call) {
      if (call > 0) {
        headersAndStream.run();
        return;
      }
      beginning = headersAndStream;
      network.start();
    }

    private volatile Runnable beginning = () -> {};

    private void push(Body body) {
      try {
        go.await();
      } catch (InterruptedException e) {
        return;
      }
      try {
        beginning.run();
        frames().subList(0, frames().size() - 1).forEach(body::push);
        if (cell.bedrockFails()) {
          body.push(Frames.exception("validationException", "no"));
        } else {
          body.push(frames().get(frames().size() - 1));
          body.end();
        }
      } catch (RuntimeException | Error thrown) {
        // as on a network thread: the connection breaks
        body.done.completeExceptionally(thrown);
      }
    }
  }

  private MeddlingCaller<?, ?> caller(Deed deed) {
    return new MeddlingCaller<>(cell.place, deed, frames().size(), release);
  }

  @SuppressWarnings("unchecked")
  private CompletableFuture<Void> ask(BedrockRuntimeAsyncClient client, MeddlingCaller<?, ?> to) {
    return cell.operation == Operation.CONVERSE_STREAM
        ? client.converseStream(
            StreamsTest.ask("one"), StreamHandlers.converse((MeddlingCaller) to))
        : client.invokeModelWithResponseStream(
            InvokeModelWithResponseStreamRequest.builder()
                .modelId("meta.llama3-8b-instruct-v1:0")
                .body(SdkBytes.fromUtf8String("{\"prompt\":\"How deep?\"}"))
                .build(),
            StreamHandlers.invokeModel((MeddlingCaller) to));
  }

  private Outcome play() throws Exception {
    Story bare = cell.deed == Deed.BLOCKS ? null : bare();
    Bedrock bedrock = new Bedrock();
    try (BedrockRuntimeAsyncClient sdk = bedrock.http.clientThatTriesOnce();
        BedrockCache cache = BedrockCache.builder().build()) {
      CacheScope scope = cell.shared ? CacheScope.shared() : CacheScope.user("alice");
      BedrockRuntimeAsyncClient client =
          CachingBedrockAsyncClient.create(sdk, cache).forScope(scope);
      MeddlingCaller<?, ?> leader = caller(cell.deed);
      MeddlingCaller<?, ?> follower = caller(Deed.NOTHING);
      MeddlingCaller<?, ?> next = caller(Deed.NOTHING);
      CompletableFuture<Void> leadersCall = ask(client, leader);
      CompletableFuture<Void> followersCall = null;
      if (cell.join == Join.BEFORE) {
        followersCall = ask(client, follower);
      }
      bedrock.go.countDown();
      if (!leader.begun.await(60, TimeUnit.SECONDS)) {
        throw new AssertionError(cell + ": the deed was not done");
      }
      if (cell.deed != Deed.BLOCKS) {
        bedrock.network.join(60_000);
      }
      if (followersCall == null) {
        followersCall = ask(client, follower);
      }
      settle(followersCall);
      CompletableFuture<Void> nextCall = ask(client, next);
      settle(nextCall);
      if (bare != null && bare.done) {
        settle(leadersCall);
      }
      return new Outcome(
          bare,
          Story.of(leader, leadersCall),
          Story.of(follower, followersCall),
          Story.of(next, nextCall),
          bedrock.http.calls());
    }
  }

  private Story bare() throws Exception {
    Bedrock bedrock = new Bedrock();
    try (BedrockRuntimeAsyncClient sdk = bedrock.http.clientThatTriesOnce()) {
      MeddlingCaller<?, ?> caller = caller(cell.deed);
      CompletableFuture<Void> call = ask(sdk, caller);
      bedrock.go.countDown();
      bedrock.network.join(60_000);
      return Story.of(caller, call);
    }
  }

  /** Waits for a call, however it ends. */
  private static void settle(CompletableFuture<Void> call) throws Exception {
    call.handle((nothing, failure) -> true).get(60, TimeUnit.SECONDS);
  }

  /** All cells that make sense. */
  static List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Operation operation : Operation.values()) {
      for (boolean shared : new boolean[] {false, true}) {
        for (Join join : Join.values()) {
          for (Place place : Place.values()) {
            for (Deed deed : List.of(Deed.THROWS_AN_EXCEPTION, Deed.THROWS_AN_ERROR, Deed.BLOCKS)) {
              cells.add(new Cell(operation, place, deed, shared, join));
            }
          }
          for (Place place :
              List.of(Place.FIRST_NEXT, Place.MIDDLE_NEXT, Place.LAST_NEXT, Place.ON_SUBSCRIBE)) {
            cells.add(new Cell(operation, place, Deed.CANCELS, shared, join));
            cells.add(new Cell(operation, place, Deed.REQUESTS_NONE, shared, join));
          }
          cells.add(new Cell(operation, Place.ON_SUBSCRIBE, Deed.NEVER_REQUESTS, shared, join));
          for (Place place : List.of(Place.ON_SUBSCRIBE, Place.FIRST_NEXT, Place.MIDDLE_NEXT)) {
            cells.add(new Cell(operation, place, Deed.SUBSCRIBES_TWICE, shared, join));
          }
        }
      }
    }
    return cells;
  }
}
