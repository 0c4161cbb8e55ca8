package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The head of an entry that is stored in parts: a map in the place of the entry's bytes.
 *
 * @param parts the number of parts
 * @param bytes the length of the whole entry
 * @param sha256 the digest of the whole entry, which is also in the sort key of each part: so the
 *     parts of two writers never mix
 * @param retainUntil the time from which DynamoDB may delete the parts, in any order; in whole
 *     seconds
 */
record EntryHead(int parts, int bytes, Digest sha256, Instant retainUntil) {
  /** The size of the map, as DynamoDB counts it: of names, values, and 3 + 4 bytes around them. */
  static final int ITEM_BYTES = 73;

  private static final String PARTS = "parts";
  private static final String BYTES = "bytes";
  private static final String SHA256 = "sha256";
  private static final String UNTIL = "until";

  /** Returns the attribute that holds this head. */
  AttributeValue attribute() {
    return AttributeValue.fromM(
        Map.of(
            PARTS, AttributeValue.fromN(Integer.toString(parts)),
            BYTES, AttributeValue.fromN(Integer.toString(bytes)),
            SHA256, AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(sha256.bytes())),
            UNTIL, TableLayout.seconds(retainUntil)));
  }

  /** Returns the head that an attribute holds, whatever its numbers are, or null if it has none. */
  static @Nullable EntryHead of(AttributeValue value) {
    if (!value.hasM()) {
      return null;
    }
    AttributeValue digest = value.m().get(SHA256);
    SdkBytes sha256 = digest == null ? null : digest.b();
    try {
      return sha256 == null
          ? null
          : new EntryHead(
              Math.toIntExact(number(value.m().get(PARTS))),
              Math.toIntExact(number(value.m().get(BYTES))),
              Digest.of(sha256.asByteArrayUnsafe()),
              Instant.ofEpochSecond(number(value.m().get(UNTIL))));
    } catch (RuntimeException malformed) { // no head: a number or a digest that is none
      return null;
    }
  }

  private static long number(@Nullable AttributeValue value) {
    return Long.parseLong(value == null || value.n() == null ? "" : value.n());
  }
}
