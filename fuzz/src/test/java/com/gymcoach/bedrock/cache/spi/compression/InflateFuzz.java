package com.gymcoach.bedrock.cache.spi.compression;

import static com.gymcoach.bedrock.fuzz.Checks.require;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Target;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * Compressed payloads: three bytes of the length that an entry states, then the payload. The result
 * has exactly that length, or the payload is refused; a length that the payload cannot have is
 * refused before anything is allocated for it. The JDK's own stream is the judge of the content.
 */
public final class InflateFuzz implements Target {
  private static final int HEAD = 3;
  private static final int BASE = 8 * 1_024;

  /** The most that one byte of Deflate expands to. */
  private static final int MAX_RATIO = 1_032;

  private static final List<Compressor> COMPRESSORS =
      List.of(
          Compressor.none(),
          Compressor.deflate(),
          Compressor.standard(),
          Compressor.deflate(200, "rest two minutes between sets".getBytes(UTF_8)));

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (Compressor compressor : COMPRESSORS) {
      for (String text : List.of("", "abc", "rest two minutes between sets. ".repeat(40))) {
        seeds.add(input(text.length(), compressor.compress(text.getBytes(UTF_8))));
      }
    }
    seeds.add(input(4_000_000, Compressor.deflate().compress(new byte[4_000_000]))); // a bomb
    return seeds;
  }

  private static byte[] input(int length, byte[] payload) {
    return ByteBuffer.allocate(HEAD + payload.length)
        .put((byte) (length >> 16))
        .putShort((short) length)
        .put(payload)
        .array();
  }

  @Override
  public boolean accepts(byte[] input) throws IOException {
    if (input.length < HEAD) {
      return false;
    }
    int length = ((input[0] & 0xFF) << 16) | ((input[1] & 0xFF) << 8) | (input[2] & 0xFF);
    byte[] payload = Arrays.copyOfRange(input, HEAD, input.length);
    boolean accepted = false;
    for (Compressor compressor : COMPRESSORS) {
      accepted |= decompresses(compressor, payload, length);
      byte[] compressed = compressor.compress(payload);
      require(
          Arrays.equals(
              compressor.decompress(compressed, compressor.dictionaryId(), payload.length),
              payload),
          "A payload comes back changed");
    }
    return accepted;
  }

  private static boolean decompresses(Compressor compressor, byte[] payload, int length) {
    int most = Math.min(length, MAX_RATIO * payload.length);
    byte[] raw;
    try {
      raw =
          Bounds.within(
              (long) BASE + most,
              () -> compressor.decompress(payload, compressor.dictionaryId(), length));
    } catch (IOException refused) { // as documented
      return false;
    }
    require(raw.length == length, "The length is not the promised one");
    if (compressor.id() == Compressor.deflate().id() && compressor.dictionaryId() == 0) {
      require(Arrays.equals(raw, inflated(payload)), "The content is another one");
    }
    return true;
  }

  private static byte[] inflated(byte[] payload) {
    try (InputStream in =
        new InflaterInputStream(new ByteArrayInputStream(payload), new Inflater(true))) {
      return in.readAllBytes();
    } catch (IOException damaged) {
      throw new AssertionError("A damaged payload is taken", damaged);
    }
  }
}
