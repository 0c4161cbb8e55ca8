package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.testkit.StoredAnswer.Head;
import com.gymcoach.bedrock.testkit.StoredAnswer.Times;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Format 1 of {@code docs/stored-format.md}, as a tool outside the cache reads and writes it: to
 * show an entry as text, and to make an entry of that text again.
 */
final class EntryFormat {
  private static final int FORMAT = 1;
  private static final int SUM_BYTES = 16;
  private static final int MAX_PAYLOAD_BYTES = 64 << 20;
  private static final int MAX_HEADERS = 64;

  /** The latest time, and the longest time between two of an entry's times. */
  static final long LATEST_MILLIS = 1L << 48;

  /** The largest number of an operation. */
  static final int MAX_CODEC = 255;

  private static final int HAS_SCOPE_MARKER = 1;
  private static final int HAS_ENDPOINT_MARKER = 2;
  private static final int HAS_NAMESPACE_MARKER = 4;
  private static final int HAS_USAGE = 8;
  private static final int HAS_STATUS_TEXT = 16;
  private static final int ALL_FLAGS = 31;

  private final String storeName;

  EntryFormat(String storeName) {
    this.storeName = storeName;
  }

  /** Returns 32 hexadecimal digits that stand for an address in this store. */
  String fingerprint(EntryAddress address) {
    byte[] digest = sha256().digest(where(address));
    return HexFormat.of().formatHex(digest, 0, SUM_BYTES);
  }

  /**
   * Returns the content of an entry.
   *
   * @throws IOException if it is not an unsealed entry of format 1 for this address, or is
   *     compressed in a way that needs more than the library's own compressors
   */
  StoredAnswer read(EntryAddress address, byte[] entry) throws IOException {
    int end = entry.length - SUM_BYTES;
    if (end < 1 || entry[0] != FORMAT) {
      throw new IOException("Not an unsealed entry of format 1");
    }
    byte[] stored = Arrays.copyOfRange(entry, end, entry.length);
    if (!MessageDigest.isEqual(stored, sum(address, Arrays.copyOf(entry, end)))) {
      throw new IOException("Not an entry of this address");
    }
    Frame in = new Frame(entry, 1, end);
    int codec = in.count(MAX_CODEC);
    int compressor = in.count(255);
    int dictionary = in.count(255);
    int flags = in.octet();
    if (flags > ALL_FLAGS) {
      throw new IOException("Unknown flag");
    }
    Instant created = Instant.ofEpochMilli(in.bounded(LATEST_MILLIS));
    Instant expires = created.plusMillis(in.bounded(LATEST_MILLIS));
    Times times = new Times(created, expires, expires.plusMillis(in.bounded(LATEST_MILLIS)));
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
    byte[] raw = compressor(compressor).decompress(in.rest(), dictionary, length);
    Frame payload = new Frame(raw, 0, raw.length);
    Head head = head(payload, (flags & HAS_STATUS_TEXT) != 0);
    return new StoredAnswer(codec, modelId, times, markers, usage, head, payload.rest());
  }

  /** Returns an uncompressed entry for an address. */
  byte[] write(EntryAddress address, StoredAnswer answer) {
    Times times = answer.times();
    Markers markers = answer.markers();
    Marker namespace = markers.namespace() == null ? Marker.NONE : markers.namespace();
    TokenUsage usage = answer.usage();
    String statusText = answer.head().statusText();
    int flags =
        (markers.scope().equals(Marker.NONE) ? 0 : HAS_SCOPE_MARKER)
            | (markers.endpoint().equals(Marker.NONE) ? 0 : HAS_ENDPOINT_MARKER)
            | (namespace.equals(Marker.NONE) ? 0 : HAS_NAMESPACE_MARKER)
            | (usage == null ? 0 : HAS_USAGE)
            | (statusText == null ? 0 : HAS_STATUS_TEXT);
    long created = times.created().toEpochMilli();
    long expires = times.expires().toEpochMilli();
    ByteArrayOutputStream out = new ByteArrayOutputStream(answer.body().length + 512);
    out.write(FORMAT);
    number(out, answer.codec());
    number(out, Compressor.none().id());
    number(out, 0);
    out.write(flags);
    number(out, created);
    number(out, expires - created);
    number(out, times.retainUntil().toEpochMilli() - expires);
    for (Marker marker : List.of(markers.scope(), markers.endpoint(), namespace)) {
      if (!marker.equals(Marker.NONE)) {
        out.writeBytes(marker.bytes());
      }
    }
    if (usage != null) {
      number(out, usage.input());
      number(out, usage.output());
      number(out, usage.cacheRead());
      number(out, usage.cacheWrite());
    }
    text(out, answer.modelId());
    byte[] payload = payload(answer.head(), answer.body());
    number(out, payload.length);
    out.writeBytes(payload);
    out.writeBytes(sum(address, out.toByteArray()));
    return out.toByteArray();
  }

  private static Compressor compressor(int id) throws IOException {
    if (id == Compressor.none().id()) {
      return Compressor.none();
    } else if (id == Compressor.standard().id()) {
      return Compressor.standard();
    }
    throw new IOException("Compressed by another compressor");
  }

  private static Head head(Frame in, boolean hasText) throws IOException {
    int status = in.count(999);
    String text = hasText ? in.text() : null;
    SortedMap<String, List<String>> headers = new TreeMap<>();
    for (int left = in.count(MAX_HEADERS); left > 0; left--) {
      String name = in.text();
      List<String> values = new ArrayList<>();
      for (int more = in.count(MAX_HEADERS); more > 0; more--) {
        values.add(in.text());
      }
      headers.put(name, List.copyOf(values));
    }
    return new Head(status, text, headers);
  }

  private static byte[] payload(Head head, byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 256);
    number(out, head.status());
    if (head.statusText() != null) {
      text(out, head.statusText());
    }
    number(out, head.headers().size());
    head.headers()
        .forEach(
            (name, values) -> {
              text(out, name);
              number(out, values.size());
              values.forEach(value -> text(out, value));
            });
    out.writeBytes(body);
    return out.toByteArray();
  }

  private byte[] sum(EntryAddress address, byte[] content) {
    MessageDigest digest = sha256();
    digest.update(where(address));
    return Arrays.copyOf(digest.digest(content), SUM_BYTES);
  }

  private byte[] where(EntryAddress address) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    text(out, storeName);
    text(out, address.partition().namespace());
    out.writeBytes(address.partition().principal().bytes());
    number(out, address.partition().shard() + 1);
    text(out, address.endpoint());
    out.writeBytes(address.key().bytes());
    return out.toByteArray();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private static Marker marker(Frame in, int present) throws IOException {
    return present == 0 ? Marker.NONE : Marker.of(in.raw(Marker.BYTES));
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(out, bytes.length);
    out.writeBytes(bytes);
  }

  /**
   * Writes a number, seven bits a byte, the lowest first.
   *
   * @throws IllegalArgumentException if it is negative
   */
  private static void number(ByteArrayOutputStream out, long value) {
    if (value < 0) {
      throw new IllegalArgumentException("The number is negative");
    }
    long rest = value;
    while (rest >= 0x80) {
      out.write((int) (rest | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /** Reads numbers, texts and bytes, and refuses any length that the frame cannot hold. */
  private static final class Frame {
    private final byte[] bytes;
    private final int end;
    private int at;

    Frame(byte[] bytes, int from, int end) {
      this.bytes = bytes;
      this.at = from;
      this.end = end;
    }

    int octet() throws IOException {
      if (at >= end) {
        throw new IOException("The entry ends early");
      }
      return bytes[at++] & 0xFF;
    }

    long number() throws IOException {
      long value = 0;
      for (int shift = 0; shift < 63; shift += 7) {
        int octet = octet();
        value |= (long) (octet & 0x7F) << shift;
        if (octet < 0x80) {
          return value;
        }
      }
      throw new IOException("The number is too large");
    }

    long bounded(long limit) throws IOException {
      long value = number();
      if (value > limit) {
        throw new IOException("The number exceeds its limit");
      }
      return value;
    }

    int count(int limit) throws IOException {
      return (int) bounded(limit);
    }

    String text() throws IOException {
      return new String(raw(count(end - at)), StandardCharsets.UTF_8);
    }

    byte[] raw(int length) throws IOException {
      if (length > end - at) {
        throw new IOException("The entry ends early");
      }
      byte[] part = Arrays.copyOfRange(bytes, at, at + length);
      at += length;
      return part;
    }

    byte[] rest() throws IOException {
      return raw(end - at);
    }
  }
}
