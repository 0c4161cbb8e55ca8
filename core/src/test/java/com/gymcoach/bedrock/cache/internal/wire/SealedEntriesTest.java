package com.gymcoach.bedrock.cache.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An attacker who can write the table but has no key can only cause misses. */
class SealedEntriesTest {
  private static final int ITEMS = 64;
  private static final byte[] KEY = key(1);
  private static final String KNOWN =
      "02000000074f60c035e4e715434807e371b832088fa9e806237d68f037a427c4d3e14333"
          + "726523726babb985638c0129d1b0548c6b6a6a530a6383c651a13b69a5c4fd3c0b19c4c7"
          + "f10a4f9487b05eb90b2328e6304aaeca166dd6888f7b6c86a96a266a";
  private static final Instant CREATED = Instant.parse("2026-11-24T08:00:00Z");

  private final EnvelopeCodec codec = codec("table", EntrySealer.aes256Gcm(7, KEY));

  private static byte[] key(int seed) {
    byte[] key = new byte[32];
    new Random(seed).nextBytes(key);
    return key;
  }

  private static EnvelopeCodec codec(String table, EntrySealer sealer) {
    return new EnvelopeCodec(table, Compressor.deflate(), List.of(), sealer);
  }

  private static EntryAddress address(int item) {
    Partition partition =
        new Partition("prod", new Digest(item / 8, 2, 3, 4), item % 2 == 0 ? -1 : item % 16);
    return new EntryAddress(partition, "chat", new Digest(item, 6, 7, 8));
  }

  private static Envelope envelope(String text) {
    return new Envelope(
        1,
        "amazon.nova-micro-v1:0",
        CREATED,
        CREATED.plusSeconds(3600),
        CREATED.plusSeconds(3600),
        new Markers(new Marker(1, 2), Marker.NONE, Marker.NONE),
        null,
        new Payload(200, "OK", Map.of(), text.getBytes(UTF_8)));
  }

  private byte[] sealed(int item) {
    return codec.encode(address(item), envelope("answer " + item));
  }

  private void assertRefused(EnvelopeCodec by, EntryAddress where, byte[] bytes, String how) {
    EnvelopeException refusal =
        catchThrowableOfType(EnvelopeException.class, () -> by.decode(where, bytes));
    assertThat(refusal).as(how).isNotNull();
    assertThat(refusal.fault())
        .as(how)
        .isIn(CacheFault.ENTRY_SEAL, CacheFault.ENTRY_FORMAT_UNKNOWN, CacheFault.ENTRY_CORRUPT);
  }

  @Test
  void decode_ofWhatWasSealed_isTheSameEntry() throws Exception {
    for (int item = 0; item < ITEMS; item++) {
      assertThat(codec.decode(address(item), sealed(item)))
          .usingRecursiveComparison()
          .isEqualTo(envelope("answer " + item));
    }
  }

  @Test
  void s_i_anyBitFlipped_isMiss() {
    for (int item = 0; item < ITEMS; item++) {
      byte[] entry = sealed(item);
      for (int bit = 0; bit < entry.length * Byte.SIZE; bit++) {
        entry[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        assertRefused(codec, address(item), entry, "bit " + bit);
        entry[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      }
    }
  }

  @Test
  void s_i_truncatedOrLengthened_isMiss() {
    for (int item = 0; item < ITEMS; item++) {
      byte[] entry = sealed(item);
      for (int length = 0; length < entry.length; length++) {
        assertRefused(codec, address(item), Arrays.copyOf(entry, length), "first " + length);
      }
      assertRefused(codec, address(item), Arrays.copyOf(entry, entry.length + 1), "one more");
    }
  }

  @Test
  void s_i_movedToAnotherPlace_isMiss() {
    for (int item = 0; item < ITEMS; item++) {
      byte[] entry = sealed(item);
      for (int other = 0; other < ITEMS; other++) {
        if (other != item) {
          assertRefused(codec, address(other), entry, "moved to " + other);
        }
      }
      EntryAddress at = address(item);
      assertRefused(codec, new EntryAddress(at.partition(), "plan", at.key()), entry, "endpoint");
      Partition elsewhere =
          new Partition("test", at.partition().principal(), at.partition().shard());
      assertRefused(codec, new EntryAddress(elsewhere, "chat", at.key()), entry, "namespace");
      EnvelopeCodec otherTable = codec("other", EntrySealer.aes256Gcm(7, KEY));
      assertRefused(otherTable, at, entry, "table");
    }
  }

  /** Its checksum is right: anybody can compute one. */
  @Test
  void s_i_entryThatIsNotSealed_isMiss() throws Exception {
    EnvelopeCodec open = new EnvelopeCodec("table", Compressor.deflate(), List.of(), null);
    byte[] forged = open.encode(address(1), envelope("forged"));
    assertThat(open.decode(address(1), forged)).isNotNull();
    assertRefused(codec, address(1), forged, "not sealed");
    forged[0] = 2;
    assertRefused(codec, address(1), forged, "said to be sealed");
    assertRefused(open, address(1), sealed(1), "no sealer");
  }

  @Test
  void s_i_sealedWithAnotherKeyOfTheSameNumber_isMiss() {
    EnvelopeCodec forger = codec("table", EntrySealer.aes256Gcm(7, key(2)));
    assertRefused(codec, address(1), forger.encode(address(1), envelope("forged")), "key");
  }

  @Test
  void rotation_oldKeyReadsAndNewKeyWrites() throws Exception {
    byte[] old = sealed(1);
    EnvelopeCodec both = codec("table", EntrySealer.aes256Gcm(8, key(8), Map.of(7, KEY)));
    assertThat(both.decode(address(1), old)).isNotNull();
    byte[] renewed = both.encode(address(1), envelope("new"));
    assertRefused(codec, address(1), renewed, "a key that is not here");
    EnvelopeCodec newOnly = codec("table", EntrySealer.aes256Gcm(8, key(8)));
    assertThat(newOnly.decode(address(1), renewed)).isNotNull();
    assertRefused(newOnly, address(1), old, "a key that is gone");
  }

  @Test
  void seal_ofTheSameTwice_isNotTheSame() {
    assertThat(sealed(1)).isNotEqualTo(sealed(1));
  }

  @Test
  void seal_holdsNothingOfWhatItSeals() {
    String entry = new String(sealed(1), UTF_8);
    assertThat(entry).doesNotContain("answer", "nova");
  }

  /** Sealed entries of format 2 are readable for as long as the format is: never change it. */
  @Test
  void decode_ofTheKnownSealedEntry_isTheKnownEntry() throws Exception {
    byte[] known = HexFormat.of().parseHex(KNOWN);
    assertThat(codec.decode(address(1), known))
        .usingRecursiveComparison()
        .isEqualTo(envelope("known"));
  }

  @Test
  void aes256Gcm_whenSettingsAreNotSuch_saysWhatToDo() {
    List<Runnable> bad = new ArrayList<>();
    bad.add(() -> EntrySealer.aes256Gcm(1, new byte[16]));
    bad.add(() -> EntrySealer.aes256Gcm(-1, KEY));
    bad.add(() -> EntrySealer.aes256Gcm(1, KEY, Map.of(1, key(2))));
    bad.add(() -> EntrySealer.aes256Gcm(1, KEY, Map.of(2, new byte[31])));
    assertThat(bad)
        .allSatisfy(
            each ->
                assertThatThrownBy(each::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching(".*(choose|needs|give).*"));
  }
}
