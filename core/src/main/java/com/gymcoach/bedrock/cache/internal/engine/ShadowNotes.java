package com.gymcoach.bedrock.cache.internal.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * The notes that observe mode keeps in place of answers: digests and sizes, in memory or in the
 * store. A note in the store has an address that no answer ever has. Thread-safe.
 */
final class ShadowNotes {
  /** The codec id of a note in the store, used by no operation's answers. */
  private static final int CODEC = 255;

  private final TimeSource time;
  private final Fences fences;

  ShadowNotes(TimeSource time, Fences fences) {
    this.time = time;
    this.fences = fences;
  }

  /** A note read from the store: the lifetime of the answer and the size of its entry. */
  record Note(Lifetime lifetime, int bytes) {}

  /** Returns the note of an answer for memory: it counts as large as the answer itself. */
  static HotEntry inMemory(int bytes, Lifetime lifetime, Fence fence, int weight) {
    return new HotEntry(
        new Kept<>(bytes, false, weight), lifetime, fence, null, StatsRecorder.UNKNOWN);
  }

  /** Returns the size of an entry, from its note in memory. */
  static int bytes(HotEntry entry) {
    return (Integer) entry.answer().response();
  }

  /** Reads the markers in force, and the note if wanted. */
  <Q extends AwsRequest, R> CompletionStage<StoreRead> read(
      Exchange<Q, R> exchange, WarmTier tier, boolean withNote) {
    return tier.read(new StoreQuery(address(exchange), withNote, true), exchange.storeWait());
  }

  /** Returns the note in the bytes, or null if there is none in force. */
  <Q extends AwsRequest, R> @Nullable Note open(
      Exchange<Q, R> exchange, WarmTier tier, @Nullable Markers inForce, byte @Nullable [] bytes) {
    if (bytes == null || inForce == null) {
      return null;
    }
    Envelope note = tier.open(address(exchange), bytes, exchange.log());
    if (note == null || !fences.admits(note.markers(), inForce)) {
      return null;
    }
    Lifetime lifetime = Lifetime.resumed(time, note.created(), note.expires(), note.retainUntil());
    return new Note(lifetime, size(note));
  }

  private static int size(Envelope note) {
    String text = new String(note.payload().body(), US_ASCII);
    return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
  }

  /** Writes a note to the store. */
  <Q extends AwsRequest, R> CompletionStage<Boolean> write(
      Exchange<Q, R> exchange, WarmTier tier, Markers markers, Note note) {
    Lifetime lifetime = note.lifetime();
    String size = Integer.toString(note.bytes());
    Envelope envelope =
        new Envelope(
            CODEC,
            "",
            lifetime.created(),
            lifetime.expires(),
            lifetime.retainUntil(),
            markers,
            null,
            new Payload(200, null, Map.of(), size.getBytes(US_ASCII)));
    EntryAddress address = address(exchange);
    byte[] bytes = tier.seal(address, envelope, exchange.log());
    return bytes == null
        ? CompletableFuture.completedFuture(false)
        : tier.write(address, bytes, lifetime, exchange.storeWait());
  }

  /**
   * Returns the address of an answer's note. It has the same partition and endpoint, and so the
   * same markers, but never the answer's key.
   */
  private static EntryAddress address(Exchange<?, ?> exchange) {
    EntryAddress answer = exchange.address();
    Digest key = answer.key();
    return new EntryAddress(
        answer.partition(),
        answer.endpoint(),
        new Digest(~key.first(), ~key.second(), ~key.third(), ~key.fourth()));
  }
}
