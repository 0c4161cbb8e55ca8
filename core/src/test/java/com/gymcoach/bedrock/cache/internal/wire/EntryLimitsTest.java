package com.gymcoach.bedrock.cache.internal.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Entries at the limits of the format, and one step beyond. They are written by hand behind a
 * sealer that seals nothing, so that they get past the check sum.
 */
class EntryLimitsTest {
  private static final Instant CREATED = Instant.parse("2026-11-24T08:00:00.123Z");
  private static final Digest DIGEST = new Digest(1, 2, 3, 4);
  private static final EntryAddress ADDRESS =
      new EntryAddress(new Partition("prod", DIGEST, Partition.WHOLE), "chat", DIGEST);

  /** The latest time that the format can express, in milliseconds. */
  private static final long LATEST = 1L << 48;

  /** Leaves the content as it is. */
  private static final EntrySealer OPEN =
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

  /** Returns what it is told to, whatever it is given, and counts how often. */
  private static final class Fixed implements Compressor {
    private final byte[] compressed;
    private int calls;

    Fixed(int length) {
      this.compressed = new byte[length];
    }

    @Override
    public int id() {
      return 99;
    }

    @Override
    public byte[] compress(byte[] raw) {
      calls++;
      return compressed;
    }

    @Override
    public byte[] decompress(byte[] compressed, int dictionaryId, int length) {
      throw new AssertionError("Nothing is decompressed here");
    }
  }

  private static EnvelopeCodec codec(Compressor compressor, @Nullable EntrySealer sealer) {
    return new EnvelopeCodec("table", compressor, List.of(), sealer);
  }

  private static Envelope envelope(Payload payload) {
    Instant end = CREATED.plusSeconds(60);
    Markers none = new Markers(Marker.NONE, Marker.NONE, Marker.NONE);
    return new Envelope(1, "m", CREATED, end, end, none, null, payload);
  }

  /** An envelope whose payload has three bytes besides the body. */
  private static Envelope ofBody(int length) {
    return envelope(new Payload(200, null, Map.of(), new byte[length]));
  }

  private static FrameWriter entry(int codecId, int flags, long created, long life, long rest) {
    return new FrameWriter()
        .octet(2)
        .octet(1)
        .number(codecId)
        .number(0)
        .number(0)
        .octet(flags)
        .number(created)
        .number(life)
        .number(rest);
  }

  private static byte[] withPayload(FrameWriter entry, byte[] payload) {
    return entry.text("m").number(payload.length).raw(payload).toBytes();
  }

  private static byte[] payload(int status, int headers, int values) {
    FrameWriter out = new FrameWriter().number(status).number(headers);
    for (int header = 0; header < headers; header++) {
      out.text("h" + header).number(values);
      Collections.nCopies(values, "v").forEach(out::text);
    }
    return out.toBytes();
  }

  private static Envelope decode(byte[] bytes) throws EnvelopeException {
    return codec(Compressor.none(), OPEN).decode(ADDRESS, bytes);
  }

  private static CacheFault fault(EnvelopeCodec codec, byte[] bytes) {
    return catchThrowableOfType(EnvelopeException.class, () -> codec.decode(ADDRESS, bytes))
        .fault();
  }

  private static void assertCorrupt(byte[] bytes) {
    assertThat(fault(codec(Compressor.none(), OPEN), bytes)).isEqualTo(CacheFault.ENTRY_CORRUPT);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, ENTRY_CORRUPT",
    "16, 1, ENTRY_CORRUPT",
    "17, 0, ENTRY_FORMAT_UNKNOWN",
    "17, 3, ENTRY_FORMAT_UNKNOWN",
    "17, 1, ENTRY_CHECKSUM"
  })
  void decode_ofBytesThatAreNoEntry_saysWhy(int length, int format, CacheFault why) {
    byte[] bytes = new byte[length];
    if (length > 0) {
      bytes[0] = (byte) format;
    }
    assertThat(fault(codec(Compressor.none(), null), bytes)).isEqualTo(why);
  }

  @ParameterizedTest
  @CsvSource({
    "'', ENTRY_CORRUPT",
    "0, ENTRY_SEAL",
    "1, ENTRY_SEAL",
    "3, ENTRY_FORMAT_UNKNOWN",
    "255, ENTRY_FORMAT_UNKNOWN",
    "2, ENTRY_FORMAT_UNKNOWN",
    "2 0, ENTRY_FORMAT_UNKNOWN",
    "2 2, ENTRY_FORMAT_UNKNOWN",
    "2 1, ENTRY_CORRUPT"
  })
  void decode_ofBytesThatAreNoSealedEntry_saysWhy(String bytes, CacheFault why) {
    FrameWriter out = new FrameWriter();
    Arrays.stream(bytes.split(" ", -1))
        .filter(word -> !word.isEmpty())
        .forEach(word -> out.octet(Integer.parseInt(word)));
    assertThat(fault(codec(Compressor.none(), OPEN), out.toBytes())).isEqualTo(why);
  }

  @Test
  void decode_ofTheLargestNumbers_isThatEntry() throws EnvelopeException {
    byte[] bytes = withPayload(entry(255, 0, LATEST, LATEST, LATEST), payload(999, 64, 64));
    Envelope read = decode(bytes);
    assertThat(read.codec()).isEqualTo(255);
    assertThat(read.created()).isEqualTo(Instant.ofEpochMilli(LATEST));
    assertThat(read.expires()).isEqualTo(Instant.ofEpochMilli(2 * LATEST));
    assertThat(read.retainUntil()).isEqualTo(Instant.ofEpochMilli(3 * LATEST));
    assertThat(read.payload().status()).isEqualTo(999);
    assertThat(read.payload().headers())
        .hasSize(64)
        .containsEntry("h63", Collections.nCopies(64, "v"));
  }

  @Test
  void decode_ofLargerNumbers_isAFault() {
    byte[] good = payload(200, 0, 0);
    assertCorrupt(withPayload(entry(256, 0, 1, 1, 1), good));
    assertCorrupt(withPayload(entry(1, 32, 1, 1, 1), good));
    assertCorrupt(withPayload(entry(1, 0, LATEST + 1, 1, 1), good));
    assertCorrupt(withPayload(entry(1, 0, 1, LATEST + 1, 1), good));
    assertCorrupt(withPayload(entry(1, 0, 1, 1, LATEST + 1), good));
    assertCorrupt(withPayload(entry(1, 0, 1, 1, 1), payload(1000, 0, 0)));
    assertCorrupt(withPayload(entry(1, 0, 1, 1, 1), payload(200, 65, 0)));
    assertCorrupt(withPayload(entry(1, 0, 1, 1, 1), payload(200, 1, 65)));
  }

  /** Each flag says of one part whether it is there. */
  @Test
  void decode_withAllParts_readsEachInItsPlace() throws EnvelopeException {
    FrameWriter entry = entry(1, 31, 1, 2, 3);
    for (long marker = 1; marker <= 3; marker++) {
      entry.raw(new Marker(marker, marker).bytes());
    }
    entry.number(4).number(5).number(6).number(7);
    byte[] payload =
        new FrameWriter().number(200).text("OK").number(0).raw(new byte[] {8}).toBytes();
    Envelope read = decode(withPayload(entry, payload));
    assertThat(read.markers())
        .isEqualTo(new Markers(new Marker(1, 1), new Marker(2, 2), new Marker(3, 3)));
    assertThat(read.usage()).isEqualTo(new TokenUsage(4, 5, 6, 7));
    assertThat(read.payload().statusText()).isEqualTo("OK");
    assertThat(read.payload().body()).containsExactly(8);
  }

  @Test
  void decode_whenEachPartIsThereAlone_isTheSame() throws EnvelopeException {
    EnvelopeCodec codec = codec(Compressor.none(), null);
    Marker some = new Marker(1, 2);
    for (Markers markers :
        List.of(
            new Markers(some, Marker.NONE, Marker.NONE),
            new Markers(Marker.NONE, some, Marker.NONE),
            new Markers(Marker.NONE, Marker.NONE, some))) {
      Instant end = CREATED.plusSeconds(60);
      Payload payload = new Payload(200, null, Map.of(), "body".getBytes(US_ASCII));
      Envelope written = new Envelope(1, "m", CREATED, end, end, markers, null, payload);
      Envelope read = codec.decode(ADDRESS, codec.encode(ADDRESS, written));
      assertThat(read).usingRecursiveComparison().isEqualTo(written);
    }
  }

  /** A clock was set back between: no entry lasts for less than no time. */
  @Test
  void encode_whenItExpiresBeforeItWasMade_lastsForNoTime() throws EnvelopeException {
    EnvelopeCodec codec = codec(Compressor.none(), null);
    Markers none = new Markers(Marker.NONE, Marker.NONE, Marker.NONE);
    Payload payload = new Payload(200, null, Map.of(), new byte[1]);
    Instant before = CREATED.minus(Duration.ofMillis(1));
    Envelope read =
        codec.decode(
            ADDRESS,
            codec.encode(
                ADDRESS, new Envelope(1, "m", CREATED, before, before, none, null, payload)));
    assertThat(read.expires()).isEqualTo(CREATED);
    assertThat(read.retainUntil()).isEqualTo(CREATED);
  }

  /** A write unit has 1,024 bytes, and an item has 206 besides the payload. */
  @Test
  void encode_whenTheEntryFitsOneWriteUnit_doesNotTryToCompress() {
    Fixed compressor = new Fixed(1);
    codec(compressor, null).encode(ADDRESS, ofBody(1024 - 206 - 3));
    assertThat(compressor.calls).isZero();
    codec(compressor, null).encode(ADDRESS, ofBody(1024 - 206 - 3 + 1));
    assertThat(compressor.calls).isOne();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void encode_whenCompressionSavesNoWriteUnit_leavesThePayloadAsItIs(int units) {
    int largest = units * 1024 - 206;
    Envelope envelope = ofBody(largest + 1 - 3); // one byte more than so many units
    byte[] saved = codec(new Fixed(largest), null).encode(ADDRESS, envelope);
    byte[] notSaved = codec(new Fixed(largest + 1), null).encode(ADDRESS, envelope);
    assertThat(saved[2]).as("compressor").isEqualTo((byte) 99);
    assertThat(notSaved[2]).as("compressor").isEqualTo((byte) 0);
  }

  @Test
  void encode_ofMoreThan64MiB_isRefused() {
    EnvelopeCodec codec = codec(Compressor.none(), null);
    assertThat(codec.encode(ADDRESS, ofBody((64 << 20) - 3))).hasSizeGreaterThan(64 << 20);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.encode(ADDRESS, ofBody((64 << 20) - 2)));
  }

  /** Old entries stay readable by their number and their dictionary. */
  @Test
  void decode_whenTheCompressorOrItsDictionaryIsAnother_isUnknown() throws EnvelopeException {
    byte[] words = "Do three sets of squats. ".repeat(40).getBytes(US_ASCII);
    Compressor own = Compressor.deflate(200, words);
    byte[] bytes = codec(own, null).encode(ADDRESS, ofBody(5000));
    EnvelopeCodec alsoReading = new EnvelopeCodec("table", Compressor.none(), List.of(own), null);
    assertThat(alsoReading.decode(ADDRESS, bytes).payload().body()).hasSize(5000);
    Compressor otherNumber = Compressor.deflate(201, words);
    assertThat(fault(codec(otherNumber, null), bytes))
        .isEqualTo(CacheFault.ENTRY_COMPRESSION_UNKNOWN);
    byte[] unknown = codec(new Fixed(10), null).encode(ADDRESS, ofBody(5000));
    assertThatExceptionOfType(EnvelopeException.class)
        .isThrownBy(() -> codec(own, null).decode(ADDRESS, unknown))
        .matches(e -> e.fault() == CacheFault.ENTRY_COMPRESSION_UNKNOWN);
  }
}
