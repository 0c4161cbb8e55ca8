package com.gymcoach.bedrock.redis;

import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Puts markers in force.
 *
 * <p>Lettuce may send a request twice, the second time after another invalidation. So an
 * invalidation first reads what is in force, and its marker replaces only that.
 */
final class Marks {
  /** A day: a write lengthens it, so that the marker outlives what it is for. */
  static final byte[] LIFE = RedisLayout.bytes("86400000");

  /** A namespace has one marker, which is in use as long as the cache is. */
  static final byte[] FOR_EVER = RedisLayout.bytes("0");

  /** Stands for a field that is absent. */
  private static final byte[] ABSENT = RedisLayout.bytes("-");

  private final RedisLayout layout;
  private final Scripts scripts;

  Marks(RedisLayout layout, Scripts scripts) {
    this.layout = layout;
    this.scripts = scripts;
  }

  /**
   * Gives a partition or a namespace a marker if it has none. Returns the reply: after its number
   * the scope's marker and the field's.
   *
   * @param markers the key
   * @param life how long its first marker is kept
   */
  CompletableFuture<List<Object>> open(byte[] markers, byte[] field, byte[] life) {
    return scripts.run(Script.OPEN, new byte[][] {markers}, scripts.trusted(), field, seed(), life);
  }

  /** Puts a marker in force for a partition, or for one endpoint of it. */
  CompletableFuture<?> put(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
    byte[] key = layout.markersKey(partition);
    byte[] field = RedisLayout.field(endpoint);
    return open(key, field, LIFE)
        .thenCompose(
            before ->
                scripts.run(
                    Script.MARK,
                    new byte[][] {key},
                    scripts.trusted(),
                    field,
                    marker.bytes(),
                    seed(),
                    RedisLayout.millis(retainUntil),
                    inForce(before, 1),
                    inForce(before, 2)));
  }

  private static byte[] inForce(List<Object> reply, int index) {
    return index < reply.size() && reply.get(index) instanceof byte[] marker ? marker : ABSENT;
  }

  /** Returns what a script makes a new marker of, together with the time. */
  static byte[] seed() {
    return Marker.random().bytes();
  }
}
