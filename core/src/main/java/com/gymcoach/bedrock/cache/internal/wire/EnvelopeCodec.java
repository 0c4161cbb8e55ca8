package com.gymcoach.bedrock.cache.internal.wire;

import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes the stored form of an {@link Envelope}: format 1, or the sealed format 2.
 * {@code docs/stored-format.md} specifies the layout, which must stay compatible. Nothing in an
 * entry is trusted or decompressed until its checksum or seal has been verified. Thread-safe.
 */
public final class EnvelopeCodec {
  private static final int FORMAT = 1;
  private static final int SEALED = 2;
  private static final int SUM_BYTES = 16;
  private static final int MAX_PAYLOAD_BYTES = 64 << 20;
  private static final int MAX_HEADERS = 64;
  private static final long LATEST_MILLIS = 1L << 48; // some 9,000 years: no Instant overflows

  /** DynamoDB bills a write by the KB (AWS pricing page, write request units). */
  private static final int WRITE_UNIT = 1024;

  /**
   * The size of an item without its payload: 121 bytes of keys, attribute names and ttl with the
   * default names, and about 85 bytes of the envelope.
   */
  private static final int ITEM_OVERHEAD = 206;

  private static final int HAS_SCOPE_MARKER = 1;
  private static final int HAS_ENDPOINT_MARKER = 2;
  private static final int HAS_NAMESPACE_MARKER = 4;
  private static final int HAS_USAGE = 8;
  private static final int HAS_STATUS_TEXT = 16;
  private static final int ALL_FLAGS = 31;

  private final String storeName;
  private final Compressor writer;
  private final List<Compressor> readers = new ArrayList<>();
  private final @Nullable EntrySealer sealer;

  /**
   * Creates the codec of one store.
   *
   * @param storeName the store's name, which is part of the checksum
   * @param writer compresses new entries
   * @param alsoReads compressors of older entries; uncompressed entries and those of plain Deflate
   *     and the standard compressor can always be read
   * @param sealer seals new entries and makes unsealed ones invalid; null for none
   */
  public EnvelopeCodec(
      String storeName,
      Compressor writer,
      Collection<Compressor> alsoReads,
      @Nullable EntrySealer sealer) {
    this.storeName = storeName;
    this.writer = writer;
    this.sealer = sealer;
    readers.add(writer);
    readers.addAll(alsoReads);
    readers.addAll(List.of(Compressor.none(), Compressor.deflate(), Compressor.standard()));
  }

  /** Returns the bytes to store at an address. They are valid at no other address. */
  public byte[] encode(EntryAddress address, Envelope envelope) {
    Payload payload = envelope.payload();
    byte[] raw = section(payload);
    if (raw.length > MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException("Payload is larger than 64 MiB");
    }
    byte[] compressed = raw.length + ITEM_OVERHEAD > WRITE_UNIT ? writer.compress(raw) : raw;
    boolean smaller = units(compressed.length) < units(raw.length);
    Compressor used = smaller ? writer : Compressor.none();
    Markers markers = envelope.markers();
    Marker namespace = markers.namespace() == null ? Marker.NONE : markers.namespace();
    FrameWriter out =
        new FrameWriter()
            .octet(FORMAT)
            .number(envelope.codec())
            .number(used.id())
            .number(used.dictionaryId())
            .octet(flags(envelope, namespace))
            .number(envelope.created().toEpochMilli())
            .number(millisAfter(envelope.created(), envelope.expires()))
            .number(millisAfter(envelope.expires(), envelope.retainUntil()));
    marker(out, markers.scope());
    marker(out, markers.endpoint());
    marker(out, namespace);
    TokenUsage usage = envelope.usage();
    if (usage != null) {
      out.number(usage.input())
          .number(usage.output())
          .number(usage.cacheRead())
          .number(usage.cacheWrite());
    }
    out.text(envelope.modelId()).number(raw.length).raw(smaller ? compressed : raw);
    byte[] content = out.toBytes();
    FrameWriter entry = new FrameWriter();
    return sealer == null
        ? entry.raw(content).raw(sum(address, content, content.length)).toBytes()
        : entry.octet(SEALED).raw(sealer.seal(scope(address), where(address), content)).toBytes();
  }

  /**
   * Returns the envelope stored at an address.
   *
   * @throws EnvelopeException if the bytes were not made by {@link #encode} for this address, or
   *     need a format, compressor or dictionary that is not configured
   */
  public Envelope decode(EntryAddress address, byte[] bytes) throws EnvelopeException {
    FrameReader content = sealer == null ? checked(address, bytes) : opened(sealer, address, bytes);
    try {
      return read(content);
    } catch (IOException | IllegalArgumentException damaged) {
      throw new EnvelopeException(CacheFault.ENTRY_CORRUPT, damaged);
    }
  }

  private FrameReader checked(EntryAddress address, byte[] bytes) throws EnvelopeException {
    int end = bytes.length - SUM_BYTES;
    if (end < 1) {
      throw new EnvelopeException(CacheFault.ENTRY_CORRUPT);
    }
    if (bytes[0] != FORMAT) {
      throw new EnvelopeException(CacheFault.ENTRY_FORMAT_UNKNOWN);
    }
    byte[] stored = Arrays.copyOfRange(bytes, end, bytes.length);
    if (!MessageDigest.isEqual(stored, sum(address, bytes, end))) {
      throw new EnvelopeException(CacheFault.ENTRY_CHECKSUM);
    }
    return new FrameReader(bytes, 1, end);
  }

  /** Opens a sealed entry. Rejects unsealed entries, because anyone can compute their checksum. */
  private FrameReader opened(EntrySealer sealer, EntryAddress address, byte[] bytes)
      throws EnvelopeException {
    if (bytes.length == 0) {
      throw new EnvelopeException(CacheFault.ENTRY_CORRUPT);
    }
    if (Byte.toUnsignedInt(bytes[0]) > SEALED) {
      throw new EnvelopeException(CacheFault.ENTRY_FORMAT_UNKNOWN);
    }
    if (bytes[0] != SEALED) {
      throw new EnvelopeException(CacheFault.ENTRY_SEAL);
    }
    byte[] content;
    try {
      byte[] sealed = Arrays.copyOfRange(bytes, 1, bytes.length);
      content = sealer.open(scope(address), where(address), sealed);
    } catch (IOException | RuntimeException broken) {
      throw new EnvelopeException(CacheFault.ENTRY_SEAL, broken);
    }
    if (content.length == 0 || content[0] != FORMAT) {
      throw new EnvelopeException(CacheFault.ENTRY_FORMAT_UNKNOWN);
    }
    return new FrameReader(content, 1, content.length);
  }

  private Envelope read(FrameReader in) throws IOException, EnvelopeException {
    int codec = in.count(255);
    int compressorId = in.count(255);
    int dictionary = in.count(Integer.MAX_VALUE);
    Compressor compressor = reader(compressorId, dictionary);
    int flags = in.octet();
    if (flags > ALL_FLAGS) {
      throw new IOException("Unknown flag");
    }
    Instant created = Instant.ofEpochMilli(millis(in));
    Instant expires = created.plusMillis(millis(in));
    Instant retainUntil = expires.plusMillis(millis(in));
    Markers markers =
        new Markers(
            marker(in, flags & HAS_SCOPE_MARKER),
            marker(in, flags & HAS_ENDPOINT_MARKER),
            marker(in, flags & HAS_NAMESPACE_MARKER));
    TokenUsage usage =
        (flags & HAS_USAGE) == 0
            ? null
            : new TokenUsage(in.number(), in.number(), in.number(), in.number());
    String modelId = in.text();
    int length = in.count(MAX_PAYLOAD_BYTES);
    if (compressor == null) {
      throw new EnvelopeException(CacheFault.ENTRY_COMPRESSION_UNKNOWN);
    }
    byte[] raw = compressor.decompress(in.rest(), dictionary, length);
    Payload payload = payload(new FrameReader(raw, 0, raw.length), flags);
    return new Envelope(codec, modelId, created, expires, retainUntil, markers, usage, payload);
  }

  private @Nullable Compressor reader(int id, int dictionary) {
    for (Compressor reader : readers) {
      if (reader.id() == id && (dictionary == 0 || dictionary == reader.dictionaryId())) {
        return reader;
      }
    }
    return null;
  }

  private static byte[] section(Payload payload) {
    FrameWriter out = new FrameWriter().number(payload.status());
    if (payload.statusText() != null) {
      out.text(payload.statusText());
    }
    out.number(payload.headers().size());
    payload
        .headers()
        .forEach(
            (name, values) -> {
              out.text(name).number(values.size());
              values.forEach(out::text);
            });
    return out.raw(payload.body()).toBytes();
  }

  private static Payload payload(FrameReader in, int flags) throws IOException {
    int status = in.count(999);
    String statusText = (flags & HAS_STATUS_TEXT) == 0 ? null : in.text();
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (int left = in.count(MAX_HEADERS); left > 0; left--) {
      String name = in.text();
      List<String> values = new ArrayList<>();
      for (int more = in.count(MAX_HEADERS); more > 0; more--) {
        values.add(in.text());
      }
      headers.put(name, List.copyOf(values));
    }
    return new Payload(status, statusText, headers, in.rest());
  }

  private static int flags(Envelope envelope, Marker namespace) {
    return (envelope.markers().scope().equals(Marker.NONE) ? 0 : HAS_SCOPE_MARKER)
        | (envelope.markers().endpoint().equals(Marker.NONE) ? 0 : HAS_ENDPOINT_MARKER)
        | (namespace.equals(Marker.NONE) ? 0 : HAS_NAMESPACE_MARKER)
        | (envelope.usage() == null ? 0 : HAS_USAGE)
        | (envelope.payload().statusText() == null ? 0 : HAS_STATUS_TEXT);
  }

  private static void marker(FrameWriter out, Marker marker) {
    if (!marker.equals(Marker.NONE)) {
      out.raw(marker.bytes());
    }
  }

  private static Marker marker(FrameReader in, int present) throws IOException {
    return present == 0 ? Marker.NONE : Marker.of(in.raw(Marker.BYTES));
  }

  private static long millis(FrameReader in) throws IOException {
    long millis = in.number();
    if (millis > LATEST_MILLIS) {
      throw new IOException("Time is out of range");
    }
    return millis;
  }

  private static long millisAfter(Instant from, Instant to) {
    return Math.max(0, to.toEpochMilli() - from.toEpochMilli());
  }

  private static int units(int bytes) {
    return (bytes + ITEM_OVERHEAD + WRITE_UNIT - 1) / WRITE_UNIT;
  }

  /**
   * Computes the checksum. It covers the address too, so that an entry copied to another address is
   * rejected there.
   */
  private byte[] sum(EntryAddress address, byte[] content, int length) {
    MessageDigest digest = sha256();
    digest.update(where(address));
    digest.update(content, 0, length);
    return Arrays.copyOf(digest.digest(), SUM_BYTES);
  }

  private byte[] where(EntryAddress address) {
    return new FrameWriter()
        .text(storeName)
        .raw(scope(address))
        .text(address.endpoint())
        .raw(address.key().bytes())
        .toBytes();
  }

  private static byte[] scope(EntryAddress address) {
    return new FrameWriter()
        .text(address.partition().namespace())
        .raw(address.partition().principal().bytes())
        .number(address.partition().shard() + 1)
        .toBytes();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
