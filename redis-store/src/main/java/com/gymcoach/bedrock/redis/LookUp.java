package com.gymcoach.bedrock.redis;

import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups of entries of one partition and endpoint. The partition's keys are read by one script,
 * the namespace's by another one at the same time, because they are on other nodes of a cluster.
 */
final class LookUp {
  /** The size of the largest text of live settings. */
  private static final int MAX_SETTINGS_BYTES = 64 * 1024;

  private final RedisLayout layout;
  private final Scripts scripts;
  private final Marks marks;
  private final int maxEnvelopeBytes;

  LookUp(RedisLayout layout, Scripts scripts, Marks marks, int maxEnvelopeBytes) {
    this.layout = layout;
    this.scripts = scripts;
    this.marks = marks;
    this.maxEnvelopeBytes = maxEnvelopeBytes;
  }

  /**
   * The reply of a script.
   *
   * @param scope the marker of the partition or namespace, or null if it is unknown
   * @param endpoint the marker of the endpoint, or null if it is unknown
   * @param values the values of the other keys, each null if it is absent; empty if they were not
   *     read, because no entry can be valid without a marker
   */
  private record Found(
      @Nullable Marker scope, @Nullable Marker endpoint, List<byte @Nullable []> values) {
    private static final Found NOT_ASKED = new Found(null, null, List.of());
  }

  /** Reads queries that differ in the keys of their entries alone. */
  CompletableFuture<List<StoreRead>> read(List<StoreQuery> queries) {
    StoreQuery first = queries.get(0);
    List<byte[]> keys = new ArrayList<>();
    keys.add(layout.markersKey(first.address().partition()));
    for (StoreQuery query : queries) {
      if (query.withEntry()) {
        keys.add(layout.entryKey(query.address()));
      }
    }
    byte[] field = RedisLayout.field(first.address().endpoint());
    CompletableFuture<Found> own = find(keys, field, maxEnvelopeBytes, Marks.LIFE);
    if (queries.stream().noneMatch(StoreQuery::withNamespaceMarker)) {
      return own.thenApply(found -> reads(queries, found, Found.NOT_ASKED));
    }
    String namespace = first.address().partition().namespace();
    return own.thenCombine(
        ofNamespace(namespace), (found, ofNamespace) -> reads(queries, found, ofNamespace));
  }

  private CompletableFuture<Found> find(
      List<byte[]> keys, byte[] field, int maxBytes, byte[] life) {
    byte[] markers = keys.get(0);
    return scripts
        .run(
            Script.READ,
            keys.toArray(new byte[0][]),
            scripts.trusted(),
            field,
            RedisLayout.bytes(Integer.toString(maxBytes)))
        .thenCompose(
            reply ->
                isAt(reply, 1) == null
                    ? open(markers, field, life)
                    : CompletableFuture.completedFuture(
                        new Found(
                            marker(isAt(reply, 1)),
                            endpointMarker(isAt(reply, 2)),
                            values(reply, keys.size() - 1))));
  }

  /**
   * Gives the partition its first marker. A store that may not write, or whose server is full,
   * knows no marker: the cache then takes and keeps nothing of this partition.
   */
  private CompletableFuture<Found> open(byte[] markers, byte[] field, byte[] life) {
    return marks
        .open(markers, field, life)
        .thenApply(
            reply -> new Found(marker(isAt(reply, 1)), endpointMarker(isAt(reply, 2)), List.of()))
        .exceptionallyCompose(
            failure ->
                RedisFailures.isReply(failure)
                    ? CompletableFuture.completedFuture(Found.NOT_ASKED)
                    : CompletableFuture.failedFuture(failure));
  }

  private static byte @Nullable [] isAt(List<Object> reply, int index) {
    return index < reply.size() && reply.get(index) instanceof byte[] bytes ? bytes : null;
  }

  /** Returns null if it is not a marker: unknown, never NONE. */
  private static @Nullable Marker marker(byte @Nullable [] bytes) {
    return bytes != null && bytes.length == Marker.BYTES ? Marker.of(bytes) : null;
  }

  /** A partition that has a marker has none for an endpoint that was never marked. */
  private static @Nullable Marker endpointMarker(byte @Nullable [] bytes) {
    return bytes == null ? Marker.NONE : marker(bytes);
  }

  private static List<byte @Nullable []> values(List<Object> reply, int count) {
    List<byte @Nullable []> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(isAt(reply, 3 + i));
    }
    return values;
  }

  private static List<StoreRead> reads(List<StoreQuery> queries, Found own, Found ofNamespace) {
    List<StoreRead> reads = new ArrayList<>();
    int entries = 0;
    for (StoreQuery query : queries) {
      byte[] envelope = null;
      if (query.withEntry()) {
        envelope = own.values().isEmpty() ? null : own.values().get(entries++);
      }
      reads.add(read(query, envelope, own, ofNamespace));
    }
    return reads;
  }

  private static StoreRead read(
      StoreQuery query, byte @Nullable [] envelope, Found own, Found ofNamespace) {
    return new StoreRead(
        envelope,
        markers(own, query.withNamespaceMarker() ? ofNamespace : null),
        false,
        query.withNamespaceMarker() ? settings(ofNamespace.values()) : null);
  }

  /** Returns null if a marker that was asked for is unknown. */
  private static @Nullable Markers markers(Found own, @Nullable Found ofNamespace) {
    Marker scope = own.scope();
    Marker endpoint = own.endpoint();
    Marker namespace = ofNamespace == null ? null : ofNamespace.scope();
    return scope == null || endpoint == null || (ofNamespace != null && namespace == null)
        ? null
        : new Markers(scope, endpoint, namespace);
  }

  /** Returns null if the settings were not read or are not a text of usual length. */
  private static @Nullable String settings(List<byte @Nullable []> values) {
    if (values.isEmpty()) {
      return null;
    }
    byte[] text = values.get(0);
    return text == null ? "" : text.length == 0 ? null : RedisLayout.text(text);
  }

  /** Reads the live settings alone, with what a read needs permission for. */
  CompletableFuture<String> settings(String namespace) {
    return ofNamespace(namespace)
        .thenCompose( // the first read of a namespace gives it a marker and reads nothing else
            found ->
                found.values().isEmpty()
                    ? ofNamespace(namespace)
                    : CompletableFuture.completedFuture(found))
        .thenApply(
            found -> {
              String text = settings(found.values());
              if (text == null) {
                throw new IllegalStateException(
                    "The live settings in Redis are not a text of up to 64 KB");
              }
              return text;
            });
  }

  private CompletableFuture<Found> ofNamespace(String namespace) {
    return find(
        List.of(layout.namespaceKey(namespace), layout.settingsKey(namespace)),
        RedisLayout.field(null),
        MAX_SETTINGS_BYTES,
        Marks.FOR_EVER);
  }
}
