package com.gymcoach.bedrock.cache.internal.wire;

import static com.gymcoach.bedrock.fuzz.Checks.require;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stored entries. An entry that a check sum or a seal protects is refused unless it is one that was
 * written. Behind the protection, each content is refused as documented, or decoded, and then the
 * same entry can be stored again.
 */
public final class EnvelopeFuzz implements Target {
  private static final EntryAddress ADDRESS =
      new EntryAddress(
          new Partition("prod", new Digest(1, 2, 3, 4), Partition.WHOLE),
          "chat",
          new Digest(5, 6, 7, 8));

  /**
   * The most that one byte of Deflate expands to, three times: the payload, its parts, its texts.
   */
  private static final int PER_BYTE = 3 * 1_032 + 64;

  private static final int BASE = 64 * 1_024;

  /** See docs/stored-format.md. */
  private static final long LATEST_MILLIS = 1L << 48;

  private static final byte[] NO_BODY = {};

  /** Lets an input pass as the content of an entry, which a check sum or seal would stop. */
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

  private static final EnvelopeCodec UNPROTECTED = codec(NO_SEAL);
  private static final EnvelopeCodec SEALED = codec(EntrySealer.aes256Gcm(1, new byte[32]));
  private static final EnvelopeCodec SUMMED =
      new EnvelopeCodec("table", Compressor.standard(), List.of(), null);

  private static final List<EnvelopeCodec> PROTECTED = List.of(SUMMED, SEALED);

  private static EnvelopeCodec codec(EntrySealer sealer) {
    return new EnvelopeCodec("table", Compressor.standard(), List.of(), sealer);
  }

  private static Envelope envelope(Markers markers, @Nullable TokenUsage usage, Payload payload) {
    Instant created = Instant.ofEpochMilli(1_764_000_000_000L);
    return new Envelope(
        1,
        "amazon.nova-micro-v1:0",
        created,
        created.plusSeconds(3_600),
        created.plusSeconds(7_200),
        markers,
        usage,
        payload);
  }

  /** Returns an envelope with the latest times that an entry may have. */
  private static Envelope latest(Markers markers, byte[] body) {
    Instant created = Instant.ofEpochMilli(LATEST_MILLIS);
    Instant expires = created.plusMillis(LATEST_MILLIS);
    Payload payload = new Payload(200, null, Map.of(), body);
    return new Envelope(
        1, "m", created, expires, expires.plusMillis(LATEST_MILLIS), markers, null, payload);
  }

  private static List<Envelope> envelopes() {
    byte[] body = "{\"stopReason\":\"end_turn\"}".getBytes(UTF_8);
    byte[] large = "{\"text\":\"Rest two minutes between sets.\"}".repeat(50).getBytes(UTF_8);
    Map<String, List<String>> headers =
        Map.of("x-amzn-requestid", List.of("r-1", ""), "content-type", List.of());
    Markers none = new Markers(Marker.NONE, Marker.NONE, Marker.NONE);
    Markers all = new Markers(new Marker(1, 2), new Marker(3, 4), new Marker(5, 6));
    return List.of(
        envelope(none, null, new Payload(200, null, Map.of(), body)),
        envelope(all, new TokenUsage(9, 200, 0, 1), new Payload(200, "OK", headers, large)),
        latest(none, body),
        envelope(none, new TokenUsage(1, 1, 1, 1), new Payload(999, "", headers, new byte[0])));
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (EnvelopeCodec codec : List.of(UNPROTECTED, SUMMED, SEALED)) {
      envelopes().forEach(each -> seeds.add(codec.encode(ADDRESS, each)));
    }
    return seeds;
  }

  @Override
  public boolean accepts(byte[] input) {
    for (EnvelopeCodec codec : PROTECTED) {
      Envelope taken = decoded(codec, input);
      if (taken != null) {
        require(isWritten(taken), "An entry is taken that nobody wrote");
        return true;
      }
    }
    Envelope envelope = decoded(UNPROTECTED, input);
    if (envelope == null) {
      return false;
    }
    Envelope again = again(UNPROTECTED, envelope);
    require(isSame(envelope, again), "An entry comes back changed");
    require(isSame(envelope, again(SUMMED, envelope)), "A summed entry comes back changed");
    return true;
  }

  private static boolean isWritten(Envelope taken) {
    return envelopes().stream().anyMatch(each -> isSame(each, taken));
  }

  private static @Nullable Envelope decoded(EnvelopeCodec codec, byte[] input) {
    try {
      return Bounds.within(input, PER_BYTE, BASE, () -> codec.decode(ADDRESS, input));
    } catch (EnvelopeException refused) { // as documented
      return null;
    }
  }

  private static Envelope again(EnvelopeCodec codec, Envelope envelope) {
    try {
      return codec.decode(ADDRESS, codec.encode(ADDRESS, envelope));
    } catch (EnvelopeException unread) {
      throw new AssertionError("An entry is written that cannot be read", unread);
    }
  }

  private static boolean isSame(Envelope one, Envelope other) {
    return Arrays.equals(one.payload().body(), other.payload().body())
        && withoutBody(one).equals(withoutBody(other));
  }

  private static Envelope withoutBody(Envelope envelope) {
    Payload payload = envelope.payload();
    return new Envelope(
        envelope.codec(),
        envelope.modelId(),
        envelope.created(),
        envelope.expires(),
        envelope.retainUntil(),
        envelope.markers(),
        envelope.usage(),
        new Payload(payload.status(), payload.statusText(), payload.headers(), NO_BODY));
  }
}
