package com.gymcoach.bedrock.cache.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.ByNumber;
import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sealed entries, changed at random by an attacker who knows the format and has other entries. */
@Tag(ByNumber.TAG)
class TamperedEntriesTest {
  private static final int TAMPERED = ByNumber.cases("tampered", 50_000);
  private static final long SEED = ByNumber.cases("seed", 1);
  private static final int ITEMS = 64;
  private static final Instant CREATED = Instant.parse("2026-11-24T08:00:00Z");

  private static final EntrySealer SEALER =
      EntrySealer.aes256Gcm(7, "0123456789abcdef0123456789abcdef".getBytes(UTF_8));

  /** A sealer that seals nothing. */
  private static final EntrySealer NO_SEAL =
      new EntrySealer() {
        @Override
        public byte[] seal(byte[] scope, byte[] address, byte[] content) {
          return content;
        }

        @Override
        public byte[] open(byte[] scope, byte[] address, byte[] sealed) {
          return sealed;
        }
      };

  /** How an entry is changed. */
  enum Change {
    FLIPPED_BITS,
    OTHER_BYTES,
    ZEROED,
    CUT,
    LENGTHENED,
    BYTES_MISSING,
    BYTES_TWICE,
    HEAD_OF_ANOTHER,
    PIECE_OF_ANOTHER,
    WHOLE_OF_ANOTHER,
    UNSEALED
  }

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final EnvelopeCodec unsealed = codec(null);

  private static EnvelopeCodec codec(@Nullable EntrySealer sealer) {
    return new EnvelopeCodec("table", Compressor.deflate(), List.of(), sealer);
  }

  /** Returns an address; some share their partition and so the key with which they are sealed. */
  private static EntryAddress address(int item) {
    Partition partition = new Partition("prod", new Digest(item / 4, 2, 3, 4), Partition.WHOLE);
    return new EntryAddress(partition, "chat", new Digest(item, 6, 7, 8));
  }

  /** Returns an answer of up to 12 KB; the longer ones are compressed. */
  private static Envelope envelope(int item) {
    return new Envelope(
        1,
        "amazon.nova-micro-v1:0",
        CREATED,
        CREATED.plusSeconds(3600),
        CREATED.plusSeconds(3600),
        new Markers(new Marker(1, item), Marker.NONE, new Marker(3, 4)),
        item % 3 == 0 ? null : new TokenUsage(12, 34, 0, 0),
        new Payload(
            200,
            "OK",
            Map.of(),
            ("answer " + item + " ").repeat(1 + item * item / 4).getBytes(UTF_8)));
  }

  private byte[] changed(Change change, byte[] entry, byte[] other, int item) {
    int at = random.nextInt(entry.length);
    int length = 1 + random.nextInt(Math.min(32, entry.length - at));
    byte[] copy = entry.clone();
    switch (change) {
      case FLIPPED_BITS -> {
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
          copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
      }
      case OTHER_BYTES -> {
        for (int i = at; i < at + length; i++) {
          copy[i] = (byte) random.nextInt();
        }
      }
      case ZEROED -> Arrays.fill(copy, at, at + length, (byte) 0);
      case CUT -> {
        return Arrays.copyOf(entry, at);
      }
      case LENGTHENED -> {
        return Arrays.copyOf(entry, entry.length + length);
      }
      case BYTES_MISSING -> {
        return joined(Arrays.copyOf(entry, at), entry, at + length);
      }
      case BYTES_TWICE -> {
        return joined(Arrays.copyOf(entry, at + length), entry, at);
      }
      case HEAD_OF_ANOTHER -> {
        return joined(Arrays.copyOf(other, Math.min(at, other.length)), entry, at);
      }
      case PIECE_OF_ANOTHER -> {
        int end = Math.min(at + length, other.length);
        if (at < end) {
          System.arraycopy(other, at, copy, at, end - at);
        }
      }
      case WHOLE_OF_ANOTHER -> {
        return other;
      }
      case UNSEALED -> {
        copy = unsealed.encode(address(item), envelope(item));
        copy[0] = (byte) random.nextInt(4);
      }
    }
    return copy;
  }

  private static byte[] joined(byte[] head, byte[] from, int start) {
    byte[] whole = Arrays.copyOf(head, head.length + from.length - start);
    System.arraycopy(from, start, whole, head.length, from.length - start);
    return whole;
  }

  /** Tampers with entries; returns how many changed ones were taken, by the kind of change. */
  private Map<Change, Integer> taken(EntrySealer sealer, int count) {
    EnvelopeCodec codec = codec(sealer);
    List<byte[]> entries = new ArrayList<>();
    for (int item = 0; item < ITEMS; item++) {
      entries.add(codec.encode(address(item), envelope(item)));
    }
    Map<Change, Integer> taken = new EnumMap<>(Change.class);
    Change[] changes = Change.values();
    int tried = 0;
    while (tried < count) {
      Change change = changes[random.nextInt(changes.length)];
      int item = random.nextInt(ITEMS);
      int another = (item + 1 + random.nextInt(ITEMS - 1)) % ITEMS;
      byte[] entry = entries.get(item);
      byte[] tampered = changed(change, entry, entries.get(another), item);
      if (Arrays.equals(tampered, entry)) {
        continue;
      }
      tried++;
      try {
        codec.decode(address(item), tampered);
        taken.merge(change, 1, Integer::sum);
      } catch (EnvelopeException refused) {
        assertThat(refused.fault())
            .as("%s of item %d", change, item)
            .isIn(
                CacheFault.ENTRY_SEAL,
                CacheFault.ENTRY_FORMAT_UNKNOWN,
                CacheFault.ENTRY_CORRUPT,
                CacheFault.ENTRY_CHECKSUM,
                CacheFault.ENTRY_COMPRESSION_UNKNOWN);
      }
    }
    return taken;
  }

  @Test
  void s_i_decode_whenASealedEntryWasChanged_neverTakesIt() {
    long began = System.nanoTime();
    assertThat(taken(SEALER, TAMPERED)).isEmpty();
    ByNumber.report(TAMPERED + " tampered entries, none taken", began);
  }

  /**
   * The seal refuses them, not the format: without a seal, entries of nearly every kind are taken.
   */
  @Test
  void control_withoutASeal_changedEntriesAreTaken() {
    assertThat(taken(NO_SEAL, 20_000))
        .containsKeys(
            Change.FLIPPED_BITS,
            Change.OTHER_BYTES,
            Change.ZEROED,
            Change.HEAD_OF_ANOTHER,
            Change.PIECE_OF_ANOTHER,
            Change.WHOLE_OF_ANOTHER);
  }
}
