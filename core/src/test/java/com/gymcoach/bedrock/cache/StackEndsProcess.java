package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.call.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDelta;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;
import software.amazon.awssdk.utils.async.SimplePublisher;

/**
 * A process that calls from each depth near the end of a small stack. Not within the tests' own
 * process: a class whose first use is just there may be unusable ever after.
 */
final class StackEndsProcess {
  private StackEndsProcess() {}

  /** The kind of call; all of it runs on the thread of the caller. */
  enum Kind {
    SYNC,
    ASYNC,
    STREAM;

    /** Returns what asks a question, and waits for the answer. */
    private IntConsumer over(BedrockCache cache) {
      if (this == STREAM) {
        CachingBedrockAsyncClient client =
            CachingBedrockAsyncClient.create(new StreamsAtOnce(), cache);
        return n ->
            join(
                client
                    .forScope(whose(n))
                    .converseStream(StreamsTest.ask("deep"), Listener.eager()));
      }
      FakeBedrock bedrock = new FakeBedrock();
      bedrock.answer = request -> FakeBedrock.reply("answer", StopReason.END_TURN);
      Caller client = (this == SYNC ? CallingStyle.SYNC : CallingStyle.ASYNC).over(bedrock, cache);
      return n -> client.forScope(whose(n)).converse(FakeBedrock.ask("deep"));
    }

    /** Each call makes all tables grow. */
    private static CacheScope whose(int n) {
      return CacheScope.user("user " + n).endpoint("e" + n);
    }

    private static void join(CompletableFuture<Void> call) {
      try {
        call.join();
      } catch (CompletionException failed) {
        throw Result.<RuntimeException>unchanged(
            failed.getCause() == null ? failed : failed.getCause());
      }
    }
  }

  /** Bedrock's stream, all of it on the thread that asks. */
  private static final class StreamsAtOnce implements BedrockRuntimeAsyncClient {
    @Override
    public CompletableFuture<Void> converseStream(
        ConverseStreamRequest request, ConverseStreamResponseHandler handler) {
      handler.responseReceived(ConverseStreamResponse.builder().build());
      SimplePublisher<ConverseStreamOutput> events = new SimplePublisher<>();
      handler.onEventStream(SdkPublisher.adapt(events));
      CompletableFuture<Void> unused;
      for (ConverseStreamOutput event : WHOLE) {
        unused = events.send(event);
      }
      unused = events.complete();
      handler.complete();
      return CompletableFuture.completedFuture(null);
    }

    private static final List<ConverseStreamOutput> WHOLE =
        List.of(
            ConverseStreamOutput.messageStartBuilder().role("assistant").build(),
            ConverseStreamOutput.contentBlockDeltaBuilder()
                .contentBlockIndex(0)
                .delta(ContentBlockDelta.fromText("deep"))
                .build(),
            ConverseStreamOutput.contentBlockStopBuilder().contentBlockIndex(0).build(),
            ConverseStreamOutput.messageStopBuilder().stopReason(StopReason.END_TURN).build(),
            ConverseStreamOutput.metadataBuilder()
                .usage(u -> u.inputTokens(9).outputTokens(3).totalTokens(12))
                .build());

    @Override
    public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
      return new FakeBedrock().serviceClientConfiguration();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  /**
   * Takes the kind, whether there is a store, and how many calls are remembered to explain them.
   * Prints how many calls it made, each with a different question, and asks each of these again.
   */
  public static void main(String[] arguments) throws Exception {
    BedrockCacheBuilder builder = BedrockCache.builder().explains(Integer.parseInt(arguments[2]));
    if (Boolean.parseBoolean(arguments[1])) {
      builder.store(new FakeStore());
    }
    ExecutorService threads = Executors.newCachedThreadPool();
    try (BedrockCache cache = builder.build()) {
      IntConsumer ask = Kind.valueOf(arguments[0]).over(cache);
      ask.accept(-1); // its classes are loaded
      ask.accept(-1);
      Deep deep = new Deep(ask);
      Thread small = new Thread(null, deep, "small", 512 << 10);
      small.start();
      small.join();
      List<CompletableFuture<Void>> later = new ArrayList<>();
      for (int n = 0; n < deep.asked; n++) {
        int question = n;
        later.add(CompletableFuture.runAsync(() -> ask.accept(question), threads));
      }
      for (CompletableFuture<Void> call : later) {
        call.get();
      }
      System.out.println("asked " + deep.asked);
    }
    threads.shutdown();
  }

  /** Goes to the end of the stack, and asks on the way back until it has gone well for long. */
  private static final class Deep implements Runnable {
    private static final int WELL = 100;

    private final IntConsumer ask;
    private int asked;
    private int well;

    Deep(IntConsumer ask) {
      this.ask = ask;
    }

    @Override
    public void run() {
      down();
    }

    @SuppressWarnings("InfiniteRecursion") // until the stack ends
    private void down() {
      try {
        down();
      } catch (StackOverflowError end) {
        // here, or further down, begins the way back
      }
      if (well < WELL) {
        try {
          ask.accept(asked++);
          well++;
        } catch (VirtualMachineError deep) { // the JVM's linking of a call site has a name for it
          well = 0;
        }
      }
    }
  }
}
