package com.gymcoach.bedrock.testkit;

import static com.gymcoach.bedrock.fuzz.Checks.require;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeCodec;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeException;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Target;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recorded files, readable and not. A file is damaged as documented, or another address's, or an
 * entry that the cache can read, and that becomes a file with the same entry again.
 */
public final class RecordedFileFuzz implements Target {
  private static final int PER_BYTE = 512;
  private static final int BASE = 128 * 1_024;
  private static final int MAX_BYTES = 1 << 20;
  private static final String STORE = "files";
  private static final EntryAddress ADDRESS =
      new EntryAddress(
          new Partition("prod", new Digest(1, 2, 3, 4), Partition.WHOLE),
          "chat",
          new Digest(5, 6, 7, 8));

  private final EntryFormat format = new EntryFormat(STORE);
  private final EnvelopeCodec codec =
      new EnvelopeCodec(STORE, Compressor.standard(), List.of(), null);

  @Override
  public List<byte[]> seeds() {
    Instant created = Instant.parse("2026-10-07T10:00:00.123Z");
    Markers markers = new Markers(new Marker(1, 2), Marker.NONE, new Marker(5, 6));
    List<byte[]> seeds = new ArrayList<>();
    for (int operation = 1; operation <= 3; operation++) {
      String body = "{\"messageStop\":{\"stopReason\":\"end_turn\",\"a\":[1.0,null]}}";
      Payload payload =
          new Payload(
              200,
              operation == 1 ? null : "OK",
              Map.of("content-type", List.of("application/json", "")),
              (operation == 3 ? body + "\n" + body + "\n" : body).getBytes(UTF_8));
      byte[] entry =
          codec.encode(
              ADDRESS,
              new Envelope(
                  operation,
                  "amazon.nova-micro-v1:0",
                  created,
                  created.plusSeconds(60),
                  created.plusSeconds(90),
                  markers,
                  operation == 1 ? null : new TokenUsage(1, 2, 3, 4),
                  payload));
      for (EntryFiles files : EntryFiles.values()) {
        seeds.add(files.content(format, ADDRESS, entry, MAX_BYTES));
      }
      seeds.add(EntryFiles.JSON.content(format, ADDRESS, entry, 0)); // in Base64
    }
    return seeds;
  }

  @Override
  public boolean accepts(byte[] input) {
    byte[] bytes = entry(EntryFiles.BYTES, input);
    byte[] shown = entry(EntryFiles.JSON, input);
    if (bytes == null && shown == null) {
      return false;
    }
    if (shown != null) {
      require(isReadable(shown) || isOpaque(input), "A recorded answer is not an entry");
      byte[] file = EntryFiles.JSON.content(format, ADDRESS, shown, MAX_BYTES);
      require(Arrays.equals(shown, entry(EntryFiles.JSON, file)), "An entry comes back changed");
    }
    return true;
  }

  private byte @Nullable [] entry(EntryFiles files, byte[] content) {
    try {
      return Bounds.within(content, PER_BYTE, BASE, () -> files.entry(format, ADDRESS, content));
    } catch (IOException refused) { // as documented
      return null;
    }
  }

  private boolean isReadable(byte[] entry) {
    try {
      Envelope unused = codec.decode(ADDRESS, entry);
      return true;
    } catch (EnvelopeException unread) { // reported by the caller
      return false;
    }
  }

  /** Returns whether a file holds bytes that are not looked into. */
  private static boolean isOpaque(byte[] input) {
    return new String(input, UTF_8).contains("\"entry\"");
  }
}
