package com.gymcoach.bedrock.cache.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Entries of format 1 as bytes, put together by hand from {@code docs/stored-format.md} and not by
 * the code. They must be readable for as long as the format is: never change them.
 */
class StoredFormatTest {
  private static final EntryAddress ADDRESS =
      new EntryAddress(
          new Partition("prod", new Digest(1, 2, 3, 4), 5), "chat", new Digest(5, 6, 7, 8));
  private static final String PLAIN =
      "010100001dfbc0c6e4a03480dddb0180bab7030000000000000001000000000000000200"
          + "0000000000000300000000000000040cd902000516616d617a6f6e2e6e6f76612d6d6963"
          + "726f2d76313a305ac801024f4b020c636f6e74656e742d7479706501106170706c696361"
          + "74696f6e2f6a736f6e10782d616d7a6e2d726571756573746964020469642d310469642d"
          + "327b2273746f70526561736f6e223a22656e645f7475726e227de7ea20ffe96f17aa94ec"
          + "5548481f0123";
  private static final String DEFLATED =
      "010101001dfbc0c6e4a03480dddb0180bab7030000000000000001000000000000000200"
          + "0000000000000300000000000000040cd902000516616d617a6f6e2e6e6f76612d6d6963"
          + "726f2d76313a30e4113bc1c8e4efcdc4939c9f57929a57a25b525990ca28905850909399"
          + "9c5892999fa79f559c9f2750a19b985b95a75b945a589a5a5c9299c2c49299a26b08228c"
          + "aa954a522b4a94ac94dc0eef393c3f55a13839a334a724b528a92835b3444f6154745474"
          + "547454745474547454745494fea24ab5003ff72fea513dc14b827cade96ac87583";

  private static final String WITH_DICTIONARY =
      "010101011dfbc0c6e4a03480dddb0180bab7030000000000000001000000000000000200"
          + "0000000000000300000000000000040cd902000516616d617a6f6e2e6e6f76612d6d6963"
          + "726f2d76313a30e4113bc1c8e4efcdc483ec3d4601740f0aa0fb9089253345d7104418c1"
          + "9dec7678cfe1f9a08b09334a419bff938a5241e7ff8f8a8e8a8e8a8e8a8e8a8e8a8e8a8e"
          + "8ad25f54a9160068f5b23053ddc74becdfbf18c121157f";

  private final EnvelopeCodec codec =
      new EnvelopeCodec("table", Compressor.deflate(), List.of(), null);

  @Test
  void decode_ofFormat1WithoutCompression_isTheKnownEntry() throws Exception {
    assertKnown(PLAIN, "{\"stopReason\":\"end_turn\"}");
  }

  @Test
  void decode_ofFormat1Deflated_isTheKnownEntry() throws Exception {
    assertKnown(DEFLATED, "{\"text\":\"" + "Füße schulterbreit. ".repeat(100) + "\"}");
  }

  /** The code made the bytes of this one; they need dictionary 1. */
  @Test
  void decode_ofFormat1WithTheBuiltInDictionary_isTheKnownEntry() throws Exception {
    assertKnown(WITH_DICTIONARY, "{\"text\":\"" + "Füße schulterbreit. ".repeat(100) + "\"}");
  }

  @Test
  void encode_ofTheKnownEntry_isTheSameBytes() {
    Envelope known = known("{\"stopReason\":\"end_turn\"}");

    assertThat(HexFormat.of().formatHex(codec.encode(ADDRESS, known))).isEqualTo(PLAIN);
  }

  private void assertKnown(String hex, String body) throws EnvelopeException {
    Envelope read = codec.decode(ADDRESS, HexFormat.of().parseHex(hex));

    assertThat(read).usingRecursiveComparison().isEqualTo(known(body));
  }

  private static Envelope known(String body) {
    Instant created = Instant.parse("2026-11-24T08:00:00.123Z");
    Map<String, List<String>> headers = new LinkedHashMap<>();
    headers.put("content-type", List.of("application/json"));
    headers.put("x-amzn-requestid", List.of("id-1", "id-2"));
    return new Envelope(
        1,
        "amazon.nova-micro-v1:0",
        created,
        created.plusSeconds(3600),
        created.plusSeconds(3600 + 7200),
        new Markers(new Marker(1, 2), Marker.NONE, new Marker(3, 4)),
        new TokenUsage(12, 345, 0, 5),
        new Payload(200, "OK", headers, body.getBytes(UTF_8)));
  }
}
