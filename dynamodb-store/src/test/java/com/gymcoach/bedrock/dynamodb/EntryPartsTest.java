package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class EntryPartsTest {
  private static final Instant UNTIL = Instant.parse("2126-01-02T03:04:05Z");

  private static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static EntryHead head(EntryParts parts, byte[] envelope) {
    return Objects.requireNonNull(
        parts.head(EntryParts.head(parts.split(envelope), UNTIL).attribute()));
  }

  @Property
  void join_ofWhatWasSplit_returnsIt(
      @ForAll @IntRange(min = 1, max = 5_000) int length,
      @ForAll @IntRange(min = 1, max = 6_000) int partBytes,
      @ForAll long seed) {
    EntryParts parts = new EntryParts(partBytes, length);
    byte[] envelope = bytes(length, seed);
    List<byte[]> split = parts.split(envelope);
    EntryHead head = head(parts, envelope);
    assertThat(head.parts()).isEqualTo(split.size()).isEqualTo(parts.count(length));
    for (int i = 0; i < split.size(); i++) {
      assertThat(split.get(i)).hasSize(parts.size(length, i)).hasSizeBetween(1, partBytes);
    }
    assertThat(parts.join(head, new ArrayList<>(split))).isEqualTo(envelope);
  }

  /** One thing that can happen to a part. */
  private enum Corruption {
    BIT {
      @Override
      void to(List<byte @Nullable []> parts, int part, Random random) {
        byte[] changed = Objects.requireNonNull(parts.get(part)).clone();
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        parts.set(part, changed);
      }
    },
    MISSING {
      @Override
      void to(List<byte @Nullable []> parts, int part, Random random) {
        parts.set(part, null);
      }
    },
    LONGER {
      @Override
      void to(List<byte @Nullable []> parts, int part, Random random) {
        byte[] before = Objects.requireNonNull(parts.get(part));
        parts.set(part, Arrays.copyOf(before, before.length + 1 + random.nextInt(1_000)));
      }
    },
    SHORTER {
      @Override
      void to(List<byte @Nullable []> parts, int part, Random random) {
        byte[] before = Objects.requireNonNull(parts.get(part));
        parts.set(part, Arrays.copyOf(before, random.nextInt(before.length)));
      }
    },
    EXCHANGED {
      @Override
      void to(List<byte @Nullable []> parts, int part, Random random) {
        Collections.swap(parts, part, (part + 1) % parts.size());
      }
    },
    OF_ANOTHER_ENTRY {
      @Override
      void to(List<byte @Nullable []> parts, int part, Random random) {
        parts.set(part, bytes(Objects.requireNonNull(parts.get(part)).length, random.nextLong()));
      }
    };

    abstract void to(List<byte @Nullable []> parts, int part, Random random);
  }

  @Property
  void join_whenOnePartIsCorrupt_returnsNull(
      @ForAll Corruption corruption,
      @ForAll @IntRange(min = 2, max = 12) int count,
      @ForAll @IntRange(min = 20, max = 500) int partBytes,
      @ForAll long seed) {
    Random random = new Random(seed);
    int length = (count - 1) * partBytes + 20 + random.nextInt(partBytes - 19);
    EntryParts parts = new EntryParts(partBytes, length);
    byte[] envelope = bytes(length, seed);
    List<byte @Nullable []> split = new ArrayList<>(parts.split(envelope));
    EntryHead head = head(parts, envelope);
    assertThat(parts.join(head, split)).isEqualTo(envelope);
    corruption.to(split, random.nextInt(count), random);
    assertThat(parts.join(head, split)).isNull();
  }

  @Test
  void head_ofTheLargestEntry_hasElevenParts() {
    EntryParts parts = EntryParts.upTo(EntryParts.MAX_BYTES);
    assertThat(parts.count(EntryParts.MAX_BYTES)).isEqualTo(11);
    assertThat(parts.count(EntryParts.MAX_WHOLE_BYTES + 1)).isEqualTo(2);
  }

  /** The form of the head is part of the stored format: see docs/stored-format.md. */
  @Test
  void head_ofAnEntry_isThisMap() {
    EntryParts parts = EntryParts.upTo(EntryParts.MAX_BYTES);
    assertThat(EntryParts.head(parts.split(new byte[1 << 20]), UNTIL).attribute())
        .isEqualTo(
            AttributeValue.fromM(
                Map.of(
                    "parts", AttributeValue.fromN("3"),
                    "bytes", AttributeValue.fromN("1048576"),
                    "sha256",
                        AttributeValue.fromB(
                            SdkBytes.fromByteArray(
                                HexFormat.of()
                                    .parseHex(
                                        "30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58"))),
                    "until", AttributeValue.fromN("4922996645"))));
  }

  private static final AttributeValue DIGEST =
      AttributeValue.fromB(SdkBytes.fromByteArray(new byte[32]));

  private static AttributeValue number(String number) {
    return AttributeValue.fromN(number);
  }

  /** A good head of 1 MB but for one member, or without it if the value is null. */
  private static AttributeValue but(String member, @Nullable AttributeValue value) {
    Map<String, AttributeValue> map = new HashMap<>();
    map.put("parts", number("3"));
    map.put("bytes", number("1048576"));
    map.put("sha256", DIGEST);
    map.put("until", number("4922996645"));
    map.put(member, value);
    if (value == null) {
      map.remove(member);
    }
    return AttributeValue.fromM(map);
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of("no map", AttributeValue.fromS("x")),
        Arguments.of("an entry's bytes", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[9]))),
        Arguments.of("null", AttributeValue.fromNul(true)),
        Arguments.of("a list", AttributeValue.fromL(List.of(number("3")))),
        Arguments.of("an empty map", AttributeValue.fromM(Map.of())),
        Arguments.of("no count", but("parts", null)),
        Arguments.of("count of another type", but("parts", AttributeValue.fromS("3"))),
        Arguments.of("count 0", but("parts", number("0"))),
        Arguments.of("count below 0", but("parts", number("-3"))),
        Arguments.of("count too small for the length", but("parts", number("2"))),
        Arguments.of("count too large for the length", but("parts", number("4"))),
        Arguments.of("count that is no int", but("parts", number("4294967299"))), // 2^32 + 3
        Arguments.of("count that is no long", but("parts", number("9".repeat(38)))),
        Arguments.of("count with a fraction", but("parts", number("3.5"))),
        Arguments.of("no length", but("bytes", null)),
        Arguments.of("length of another type", but("bytes", AttributeValue.fromBool(true))),
        Arguments.of("length 0", but("bytes", number("0"))),
        Arguments.of("length below 0", but("bytes", number("-1048576"))),
        Arguments.of("length of 4 MB", but("bytes", number("4194304"))),
        Arguments.of("length that is no int", but("bytes", number("4296015872"))), // 2^32 + 1 MB
        Arguments.of("length as a power", but("bytes", number("1E6"))),
        Arguments.of("no digest", but("sha256", null)),
        Arguments.of("digest of another type", but("sha256", AttributeValue.fromS("x".repeat(32)))),
        Arguments.of(
            "digest too short",
            but("sha256", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[31])))),
        Arguments.of(
            "digest too long",
            but("sha256", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[33])))),
        Arguments.of("no time", but("until", null)),
        Arguments.of("time of another type", but("until", DIGEST)),
        Arguments.of("time beyond all", but("until", number("9".repeat(18)))));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void head_ofAnythingElse_isNull(String what, AttributeValue value) {
    EntryParts parts = EntryParts.upTo(EntryParts.MAX_BYTES);
    assertThat(parts.head(value)).as(what).isNull();
    assertThat(parts.head(but("more", DIGEST))).as("the good one").isNotNull();
  }

  @Test
  void head_ofAnEmptyEntry_isNull() {
    AttributeValue empty =
        new EntryHead(0, 0, Digest.of(new byte[32]), UNTIL).attribute(); // none is written
    assertThat(EntryParts.upTo(EntryParts.MAX_BYTES).head(empty)).isNull();
  }

  /** The largest entry bounds what is read, whatever stands in the table. */
  @Test
  void head_whenLargerThanTheStoreAccepts_isNull() {
    AttributeValue good = but("more", DIGEST);
    assertThat(EntryParts.upTo(1 << 20).head(good)).isNotNull();
    assertThat(EntryParts.upTo((1 << 20) - 1).head(good)).isNull();
    assertThat(EntryParts.upTo(EntryParts.MAX_WHOLE_BYTES).head(good)).isNull();
  }
}
