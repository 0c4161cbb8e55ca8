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

  /**
   * The content of a note.
   *
   * @param bytes the size of its entry in the store
   * @param onlyFor the operation that alone it would serve, or an empty text for any with its key
   */
  record Content(int bytes, String onlyFor) {
    boolean serves(Exchange<?, ?> exchange) {
      return onlyFor.isEmpty() || onlyFor.equals(exchange.operation().name());
    }

    private byte[] written() {
      return (onlyFor.isEmpty() ? bytes + "" : bytes + " " + onlyFor).getBytes(US_ASCII);
    }

    private static Content read(byte[] written) {
      String[] words = new String(written, US_ASCII).split(" ", 2);
      int bytes = words[0].matches("[0-9]{1,9}") ? Integer.parseInt(words[0]) : 0;
      return new Content(bytes, words.length == 2 ? words[1] : "");
    }
  }

  /** Stands for no note. */
  static final Content NOTHING = new Content(0, "");

  /** A note read from the store: the lifetime of the answer, and the rest. */
  record Note(Lifetime lifetime, Content content) {}

  /** Returns the note of an answer for memory: it counts as large as the answer itself. */
  static HotEntry inMemory(Content content, Lifetime lifetime, Fence fence, int weight) {
    return new HotEntry(
        new Kept<>(content, false, weight), lifetime, fence, null, StatsRecorder.UNKNOWN);
  }

  /** Returns the content of a note in memory. */
  static Content content(HotEntry entry) {
    return (Content) entry.answer().response();
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
    return new Note(lifetime, Content.read(note.payload().body()));
  }

  /** Writes a note to the store. */
  <Q extends AwsRequest, R> CompletionStage<Boolean> write(
      Exchange<Q, R> exchange, WarmTier tier, Markers markers, Note note) {
    Lifetime lifetime = note.lifetime();
    Envelope envelope =
        new Envelope(
            CODEC,
            "",
            lifetime.created(),
            lifetime.expires(),
            lifetime.retainUntil(),
            markers,
            null,
            new Payload(200, null, Map.of(), note.content().written()));
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
