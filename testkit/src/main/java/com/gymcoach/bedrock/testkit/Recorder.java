package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.OptionalOperation;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.testkit.RecordedBedrock.Clients;
import com.gymcoach.bedrock.testkit.RecordedBedrock.Mode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * The recordings of one annotation: a cache over their folder, and the clients that ask Bedrock.
 * Thread-safe.
 */
final class Recorder implements AutoCloseable {
  private static final int MAX_STREAM_BYTES = 32 << 20;

  /** Keeps each complete answer: a test asks for it again only if its request is the same. */
  private static final CachePolicy EVERY_ANSWER =
      new CachePolicy() {
        @Override
        public boolean cacheToolUse(CallContext call) {
          return true;
        }

        @Override
        public boolean cacheVolatileReferences(CallContext call) {
          return true;
        }

        @Override
        public boolean cacheUnknownModels(CallContext call) {
          return true;
        }
      };

  private final PendingWrites pending = new PendingWrites();
  private final boolean refreshes;
  private final Supplier<Clients> clients;
  private final RecordingStore store;
  private final BedrockCache cache;
  private final CachingBedrockClient caching;
  private final CachingBedrockAsyncClient cachingAsync;

  // All below are guarded by this object.
  private @Nullable Clients made;
  private @Nullable BedrockRuntimeClient real;
  private @Nullable BedrockRuntimeAsyncClient realAsync;
  private boolean closed;

  /**
   * Creates a recorder. Neither a client nor a file is made before a call needs it.
   *
   * @param mode any mode but {@link Mode#AUTO}
   */
  Recorder(Path folder, Mode mode, SecretFilter secrets, Supplier<Clients> clients) {
    boolean asks = mode != Mode.REPLAY;
    this.refreshes = mode == Mode.REFRESH;
    this.clients = clients;
    this.store = new RecordingStore(folder, refreshes, secrets);
    this.cache =
        BedrockCache.builder()
            .store(store)
            .ttlPolicy(TtlPolicy.fixed(Duration.ofDays(365)).withJitter(0))
            .cachePolicy(EVERY_ANSWER)
            .alsoCaches(
                OptionalOperation.APPLY_GUARDRAIL,
                OptionalOperation.COUNT_TOKENS,
                OptionalOperation.INVOKE_GUARDRAIL_CHECKS)
            .compressor(Compressor.none())
            .maxStreamBytes(MAX_STREAM_BYTES)
            .tracer(call -> new RecordedCall(call, RecordingClient.notes(), pending))
            .build();
    this.caching =
        CachingBedrockClient.create(
            OriginClient.of(BedrockRuntimeClient.class, asks, this::real), cache);
    this.cachingAsync =
        CachingBedrockAsyncClient.create(
            OriginClient.of(BedrockRuntimeAsyncClient.class, asks, this::realAsync), cache);
  }

  /** Returns a client whose calls belong to a test. */
  BedrockRuntimeClient client(CallNotes notes) {
    return RecordingClient.of(BedrockRuntimeClient.class, caching, notes);
  }

  /** Returns an async client whose calls belong to a test. */
  BedrockRuntimeAsyncClient asyncClient(CallNotes notes) {
    return RecordingClient.of(BedrockRuntimeAsyncClient.class, cachingAsync, notes);
  }

  /** Deletes what no test has used, if everything was asked for again. */
  void deleteUnused() {
    if (refreshes) {
      pending.await();
      try {
        store.deleteUnused();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private synchronized BedrockRuntimeClient real() {
    if (real == null) {
      real = made().client();
    }
    return real;
  }

  private synchronized BedrockRuntimeAsyncClient realAsync() {
    if (realAsync == null) {
      realAsync = made().asyncClient();
    }
    return realAsync;
  }

  private Clients made() {
    if (closed) {
      throw new IllegalStateException("The test that this client was given to has ended");
    }
    if (made == null) {
      made = clients.get();
    }
    return made;
  }

  /** Closes the cache and the clients, once. */
  @Override
  public void close() {
    BedrockRuntimeClient client;
    BedrockRuntimeAsyncClient asyncClient;
    pending.await();
    synchronized (this) {
      closed = true;
      client = real;
      asyncClient = realAsync;
      real = null;
      realAsync = null;
    }
    cache.close();
    if (client != null) {
      client.close();
    }
    if (asyncClient != null) {
      asyncClient.close();
    }
  }
}
