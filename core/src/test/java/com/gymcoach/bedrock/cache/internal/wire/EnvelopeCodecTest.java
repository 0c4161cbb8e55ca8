package com.gymcoach.bedrock.cache.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeCodecTest {
  private static final Instant CREATED = Instant.parse("2026-11-24T08:00:00.123Z");
  private static final Digest ALICE = new Digest(1, 2, 3, 4);
  private static final Digest BOB = new Digest(5, 6, 7, 8);
  private static final EntryAddress ADDRESS =
      new EntryAddress(new Partition("prod", ALICE, Partition.WHOLE), "chat", BOB);

  private final EnvelopeCodec codec = codec("table", Compressor.deflate());

  private static EnvelopeCodec codec(String store, Compressor compressor) {
    return new EnvelopeCodec(store, compressor, List.of(), null);
  }

  private static Envelope envelope(byte[] body) {
    return new Envelope(
        1,
        "amazon.nova-micro-v1:0",
        CREATED,
        CREATED.plusSeconds(3600),
        CREATED.plusSeconds(7200),
        new Markers(new Marker(1, 2), Marker.NONE, new Marker(3, 4)),
        new TokenUsage(12, 34, 0, 5),
        new Payload(200, "OK", Map.of("x-amzn-requestid", List.of("id-1")), body));
  }

  private static byte[] text(int length) {
    return "Keep your back straight. ".repeat(length / 25 + 1).getBytes(UTF_8);
  }

  private void assertSame(Envelope read, Envelope written) {
    assertThat(read)
        .usingRecursiveComparison()
        .withEqualsForType((a, b) -> Arrays.equals(a, b), byte[].class)
        .isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 700, 900, 1100, 5000, 300_000})
  void decode_whenEncoded_isTheSame(int length) throws Exception {
    Envelope written = envelope(text(length));
    assertSame(codec.decode(ADDRESS, codec.encode(ADDRESS, written)), written);
  }

  /** Each of them can be read by every store, whatever it writes. */
  @Test
  void decode_whenAnotherCompressorOfTheLibraryWroteIt_isTheSame() throws Exception {
    List<Compressor> all = List.of(Compressor.none(), Compressor.deflate(), Compressor.standard());
    Envelope written = envelope(text(5000));
    for (Compressor writer : all) {
      byte[] entry = codec("table", writer).encode(ADDRESS, written);
      for (Compressor reader : all) {
        assertSame(codec("table", reader).decode(ADDRESS, entry), written);
      }
    }
  }

  @Test
  void decode_whenThePayloadCouldNotBeCompressed_isTheSame() throws Exception {
    byte[] noise = new byte[5000];
    new Random(1).nextBytes(noise);
    Envelope written = envelope(noise);
    assertSame(codec.decode(ADDRESS, codec.encode(ADDRESS, written)), written);
  }

  @Test
  void decode_whenTheNamespaceWasNotRead_hasNoMarkerOfIt() throws Exception {
    Markers unread = new Markers(new Marker(1, 2), new Marker(3, 4), null);
    Envelope written = envelope(text(100));
    Envelope without =
        new Envelope(
            1, written.modelId(), CREATED, CREATED, CREATED, unread, null, written.payload());
    assertThat(codec.decode(ADDRESS, codec.encode(ADDRESS, without)).markers())
        .isEqualTo(new Markers(new Marker(1, 2), new Marker(3, 4), Marker.NONE));
  }

  /** Saves one byte, and cannot be undone. */
  private static final class OneByteLess implements Compressor {
    private int lastLength;

    @Override
    public int id() {
      return 127;
    }

    @Override
    public byte[] compress(byte[] raw) {
      lastLength = raw.length;
      return Arrays.copyOf(raw, raw.length - 1);
    }

    @Override
    public byte[] decompress(byte[] compressed, int dictionaryId, int length) {
      throw new UnsupportedOperationException();
    }
  }

  /** An item has 206 bytes besides its payload, and a write unit is 1,024 bytes. */
  @Test
  void encode_whenItSavesAByte_compressesOnlyIfThatSavesAWriteUnit() {
    OneByteLess compressor = new OneByteLess();
    for (int length = 1000; length < 4000; length++) {
      Envelope written = envelope(new byte[length]);
      int plain = codec("table", Compressor.none()).encode(ADDRESS, written).length;
      int used = codec("table", compressor).encode(ADDRESS, written).length;
      assertThat(used < plain).isEqualTo((compressor.lastLength + 206) % 1024 == 1);
    }
  }

  @Test
  void encode_whenItSavesAWriteUnit_compresses() {
    assertThat(codec.encode(ADDRESS, envelope(text(5000)))).hasSizeLessThan(600);
    assertThat(codec.encode(ADDRESS, envelope(text(500)))).hasSizeGreaterThan(500);
  }

  @Test
  void f14_anyBitFlipped_isAFault() {
    byte[] bytes = codec.encode(ADDRESS, envelope(text(100)));
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatExceptionOfType(EnvelopeException.class)
          .isThrownBy(() -> codec.decode(ADDRESS, damaged));
    }
  }

  @Test
  void f13_anyTruncation_isAFault() {
    byte[] bytes = codec.encode(ADDRESS, envelope(text(2000)));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatExceptionOfType(EnvelopeException.class)
          .isThrownBy(() -> codec.decode(ADDRESS, cut));
    }
  }

  @Test
  void f15_underAnotherAddress_isAFault() {
    byte[] bytes = codec.encode(ADDRESS, envelope(text(100)));
    Partition partition = ADDRESS.partition();
    for (EntryAddress other :
        List.of(
            new EntryAddress(new Partition("test", ALICE, Partition.WHOLE), "chat", BOB),
            new EntryAddress(new Partition("prod", BOB, Partition.WHOLE), "chat", BOB),
            new EntryAddress(new Partition("prod", ALICE, 0), "chat", BOB),
            new EntryAddress(partition, "chat2", BOB),
            new EntryAddress(partition, "chat", ALICE))) {
      assertThatExceptionOfType(EnvelopeException.class)
          .isThrownBy(() -> codec.decode(other, bytes))
          .matches(e -> e.fault() == CacheFault.ENTRY_CHECKSUM);
    }
    assertThatExceptionOfType(EnvelopeException.class)
        .isThrownBy(() -> codec("table2", Compressor.deflate()).decode(ADDRESS, bytes));
  }

  @Test
  void f16_newerFormat_isUnknown() {
    byte[] bytes = codec.encode(ADDRESS, envelope(text(100)));
    bytes[0] = 2;
    assertThatExceptionOfType(EnvelopeException.class)
        .isThrownBy(() -> codec.decode(ADDRESS, bytes))
        .matches(e -> e.fault() == CacheFault.ENTRY_FORMAT_UNKNOWN);
  }

  @Test
  void decode_whenAnOlderDictionaryIsAlsoRead_usesThatOne() throws Exception {
    Compressor older = Compressor.deflate(200, text(1000));
    Compressor newer = Compressor.deflate(201, "Another one.".getBytes(UTF_8));
    Envelope written = envelope(text(5000));
    byte[] entry = codec("table", older).encode(ADDRESS, written);
    assertSame(
        new EnvelopeCodec("table", newer, List.of(older), null).decode(ADDRESS, entry), written);
  }

  @Test
  void decode_whenDictionaryIsNotHere_isUnknown() throws Exception {
    EnvelopeCodec own = codec("table", Compressor.deflate(200, text(1000)));
    Envelope written = envelope(text(5000));
    byte[] bytes = own.encode(ADDRESS, written);
    assertSame(own.decode(ADDRESS, bytes), written);
    assertThatExceptionOfType(EnvelopeException.class)
        .isThrownBy(() -> codec.decode(ADDRESS, bytes))
        .matches(e -> e.fault() == CacheFault.ENTRY_COMPRESSION_UNKNOWN);
  }

  /** Bombs, and what else is not exactly as long as it says. */
  static Stream<Arguments> bombs() {
    byte[] good = Compressor.deflate().compress(text(5000));
    byte[] trailing = Arrays.copyOf(good, good.length + 1);
    return Stream.of(
        Arguments.of("more than any memory holds", endless(), 1000),
        Arguments.of("one byte more than it says", good, text(5000).length - 1),
        Arguments.of("one byte less than it says", good, text(5000).length + 1),
        Arguments.of("something behind its end", trailing, text(5000).length),
        Arguments.of("no end", Arrays.copyOf(good, good.length - 1), text(5000).length),
        Arguments.of("nothing", new byte[0], 1000),
        Arguments.of("noise", text(500), 1000));
  }

  /** A megabyte of zeros 4,000 times over, and no end to it. */
  private static byte[] endless() {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(new byte[1 << 20]);
    byte[] megabyte = new byte[4096];
    int length = deflater.deflate(megabyte, 0, megabyte.length, Deflater.FULL_FLUSH);
    deflater.end();
    byte[] bomb = new byte[4000 * length];
    for (int i = 0; i < bomb.length; i += length) {
      System.arraycopy(megabyte, 0, bomb, i, length);
    }
    return bomb;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bombs")
  void f20_s_m_bomb_isNotInflatedBeyondWhatItSays(String name, byte[] bomb, int length) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Compressor.deflate().decompress(bomb, 0, length));
  }

  /** Deflate, but what it makes is another's, and it counts what it is given to restore. */
  private static final class Liar implements Compressor {
    private final byte[] compressed;
    int restored;

    Liar(byte[] compressed) {
      this.compressed = compressed;
    }

    @Override
    public int id() {
      return 1;
    }

    @Override
    public byte[] compress(byte[] raw) {
      return compressed;
    }

    @Override
    public byte[] decompress(byte[] compressed, int dictionaryId, int length) throws IOException {
      restored++;
      return Compressor.deflate().decompress(compressed, dictionaryId, length);
    }
  }

  /** Its checksum is right: anyone who can write to the table can compute one. */
  @Test
  void f20_s_m_bombInAnEntry_isAFault() {
    byte[] bomb = Arrays.copyOf(endless(), 300_000);
    byte[] entry = codec("table", new Liar(bomb)).encode(ADDRESS, envelope(new byte[1_000_000]));
    assertThatExceptionOfType(EnvelopeException.class)
        .isThrownBy(() -> codec.decode(ADDRESS, entry))
        .matches(e -> e.fault() == CacheFault.ENTRY_CORRUPT);
  }

  /** 390 MiB of zeros fit one item. */
  @Test
  void f20_s_m_entryThatSaysHowMuchTooLongItIs_isNotInflatedAtAll() {
    Liar liar = new Liar(new byte[1000]);
    EntrySealer saying390MiB =
        new EntrySealer() {
          @Override
          public byte[] seal(byte[] scope, byte[] where, byte[] content) {
            int length = content.length - 1000; // is told just before the payload, in two bytes
            return new FrameWriter()
                .raw(Arrays.copyOf(content, length - 2))
                .number(390 << 20)
                .raw(new byte[1000])
                .toBytes();
          }

          @Override
          public byte[] open(byte[] scope, byte[] where, byte[] sealed) {
            return sealed;
          }
        };
    EnvelopeCodec sealing = new EnvelopeCodec("table", liar, List.of(), saying390MiB);
    byte[] entry = sealing.encode(ADDRESS, envelope(text(5000)));
    assertThatExceptionOfType(EnvelopeException.class)
        .isThrownBy(() -> sealing.decode(ADDRESS, entry))
        .matches(e -> e.fault() == CacheFault.ENTRY_CORRUPT);
    assertThat(liar.restored).isZero();
  }

  @Test
  void s_m_damagedEntry_isNotInflated() throws Exception {
    for (EntrySealer sealer : Arrays.asList(null, EntrySealer.aes256Gcm(1, new byte[32]))) {
      Liar counting = new Liar(Compressor.deflate().compress(text(5000)));
      EnvelopeCodec codec = new EnvelopeCodec("table", counting, List.of(), sealer);
      byte[] entry = codec.encode(ADDRESS, envelope(text(5000)));
      for (int bit = 0; bit < entry.length * Byte.SIZE; bit++) {
        byte[] damaged = entry.clone();
        damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        assertThatExceptionOfType(EnvelopeException.class)
            .isThrownBy(() -> codec.decode(ADDRESS, damaged));
      }
      assertThat(counting.restored).isZero();
      assertThatExceptionOfType(EnvelopeException.class)
          .isThrownBy(() -> codec.decode(ADDRESS, entry));
      assertThat(counting.restored).as("the control").isEqualTo(1);
    }
  }

  /**
   * A dictionary was changed and kept its number: old entries must not be read with the new one.
   */
  @Test
  void decode_whenTheDictionaryOfThatNumberIsAnother_isAFault() throws Exception {
    byte[] squats = "Do three sets of squats, then rest for two minutes. ".getBytes(UTF_8);
    byte[] deadlifts = "Do three sets of deadlift then rest for six minutes ".getBytes(UTF_8);
    assertThat(deadlifts).hasSameSizeAs(squats);
    Envelope written = envelope(new String(squats, UTF_8).repeat(100).getBytes(UTF_8));
    byte[] bytes = codec("table", Compressor.deflate(200, squats)).encode(ADDRESS, written);
    assertThatExceptionOfType(EnvelopeException.class)
        .isThrownBy(() -> codec("table", Compressor.deflate(200, deadlifts)).decode(ADDRESS, bytes))
        .matches(e -> e.fault() == CacheFault.ENTRY_CORRUPT);
    assertSame(codec("table", Compressor.deflate(200, squats)).decode(ADDRESS, bytes), written);
  }

  /** As {@code docs/stored-format.md} says: the dictionary's CRC-32, then what Deflate makes. */
  @Test
  void compress_withADictionaryOfOnesOwn_beginsWithItsCheckSum() throws Exception {
    CRC32 crc = new CRC32();
    crc.update(text(1000));
    byte[] sum = ByteBuffer.allocate(4).putInt((int) crc.getValue()).array();
    Compressor own = Compressor.deflate(128, text(1000));
    assertThat(own.compress(text(100))).startsWith(sum);
    assertThat(own.decompress(Compressor.deflate().compress(text(100)), 0, text(100).length))
        .isEqualTo(text(100));
    for (int length = 0; length < 4; length++) {
      byte[] cut = Arrays.copyOf(sum, length);
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> own.decompress(cut, 128, 0));
    }
  }

  /** Two bytes that promise 64 MiB: the room for them must not even be taken. */
  @Test
  void f20_morePromisedThanCanBe_isGivenNoRoom() {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] empty = Compressor.deflate().compress(new byte[0]);
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Compressor.deflate().decompress(empty, 0, 64 << 20));
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
  }

  /** What Deflate makes smallest is nearest to that bound. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 258, 1032, 10_000, 10_000_000})
  void decompress_ofNothingButZeros_isNotTakenForABomb(int length) throws Exception {
    byte[] zeros = new byte[length];
    for (Compressor each : List.of(Compressor.deflate(), Compressor.deflate(128, new byte[100]))) {
      byte[] compressed = each.compress(zeros);
      assertThat(each.decompress(compressed, each.dictionaryId(), length)).isEqualTo(zeros);
    }
  }

  @Test
  void f12_anyBytes_areAFault() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      assertThatExceptionOfType(EnvelopeException.class)
          .isThrownBy(() -> codec.decode(ADDRESS, bytes));
    }
  }
}
