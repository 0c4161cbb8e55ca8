package com.gymcoach.bedrock.cache.sim;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What planted defects do. Called from the library's bytecode only. */
public final class Planted {
  private static final ThreadLocal<SimStore> STORE = new ThreadLocal<>();

  private Planted() {}

  /** Sets the store of the simulation that this thread runs. */
  static void in(SimStore simulated) {
    STORE.set(simulated);
  }

  public static Envelope withMarkersNow(EntryAddress address, Envelope envelope) {
    return new Envelope(
        envelope.codec(),
        envelope.modelId(),
        envelope.created(),
        envelope.expires(),
        envelope.retainUntil(),
        STORE.get().markers(address),
        envelope.usage(),
        envelope.payload());
  }

  public static CacheScope sharedScope() {
    return CacheScope.shared();
  }

  public static void throwFailure(@Nullable Result<?> result) {
    if (result != null && result.failure() != null) {
      throw Result.<RuntimeException>unchanged(result.failure());
    }
  }

  public static Throwable wrapped(Throwable failure) {
    return new CompletionException(failure);
  }

  public static Markers markersOrNone(StoreRead read) {
    Markers markers = read.markers();
    return markers == null ? new Markers(Marker.NONE, Marker.NONE, Marker.NONE) : markers;
  }
}
