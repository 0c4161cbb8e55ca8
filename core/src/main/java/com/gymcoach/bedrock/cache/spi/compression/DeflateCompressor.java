package com.gymcoach.bedrock.cache.spi.compression;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** The JDK's Deflate without zlib's wrapper, because the envelope has its own checksum. */
final class DeflateCompressor implements Compressor {
  static final DeflateCompressor PLAIN = new DeflateCompressor(0, null);

  /** The size of Deflate's window (RFC 1951): text further back cannot be referred to. */
  static final int MAX_DICTIONARY_BYTES = 32 * 1024;

  private static final int ID = 1;
  private static final int LEVEL = 6;
  private static final int FIRST_OWN_DICTIONARY = 128;

  /**
   * The most bytes that one Deflate byte can expand to: four matches of two bits and 258 bytes
   * each.
   */
  private static final long MAX_RATIO = 4 * 258;

  /** The built-in dictionary. Never change it: entries stored with it need it to be read. */
  private static final int BUILT_IN = 1;

  private static final String BUILT_IN_RESOURCE = "dictionary-1.txt";

  /** Loads the dictionary on first use. */
  private static final class Standard {
    static final DeflateCompressor INSTANCE = new DeflateCompressor(BUILT_IN, load());

    private Standard() {}

    private static byte[] load() {
      try (InputStream in = DeflateCompressor.class.getResourceAsStream(BUILT_IN_RESOURCE)) {
        if (in == null) {
          throw new IllegalStateException(
              "The resource " + BUILT_IN_RESOURCE + " is missing from the cache's jar");
        }
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static Compressor standard() {
    return Standard.INSTANCE;
  }

  private final int dictionaryId;
  private final byte @Nullable [] dictionary;

  /**
   * The dictionary's checksum, with which an entry begins if its dictionary is the service's own.
   * Without it, a service could reuse a number for a different dictionary: entries would decompress
   * to wrong text, and nothing would detect it. Empty for the built-in dictionary, which a test
   * keeps unchanged.
   */
  private final byte[] sum;

  private DeflateCompressor(int dictionaryId, byte @Nullable [] dictionary) {
    this.dictionaryId = dictionaryId;
    this.dictionary = dictionary;
    this.sum =
        dictionary == null || dictionaryId < FIRST_OWN_DICTIONARY ? new byte[0] : sum(dictionary);
  }

  private static byte[] sum(byte[] dictionary) {
    CRC32 crc = new CRC32();
    crc.update(dictionary);
    return ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
  }

  static DeflateCompressor withDictionary(int dictionaryId, byte[] dictionary) {
    if (dictionaryId < FIRST_OWN_DICTIONARY) {
      throw new IllegalArgumentException(
          "dictionaryId is "
              + dictionaryId
              + ": choose "
              + FIRST_OWN_DICTIONARY
              + " or more; smaller ones are reserved for the library");
    }
    if (dictionary.length == 0 || dictionary.length > MAX_DICTIONARY_BYTES) {
      throw new IllegalArgumentException(
          "The dictionary has "
              + dictionary.length
              + " bytes: Deflate uses 1 to "
              + MAX_DICTIONARY_BYTES);
    }
    return new DeflateCompressor(dictionaryId, dictionary.clone());
  }

  @Override
  public int id() {
    return ID;
  }

  @Override
  public int dictionaryId() {
    return dictionaryId;
  }

  @Override
  public byte[] compress(byte[] raw) {
    Deflater deflater = new Deflater(LEVEL, true);
    try {
      if (dictionary != null) {
        deflater.setDictionary(dictionary);
      }
      deflater.setInput(raw);
      deflater.finish();
      byte[] out = Arrays.copyOf(sum, Math.max(64, raw.length / 2));
      int length = sum.length;
      while (!deflater.finished()) {
        if (length == out.length) {
          out = Arrays.copyOf(out, out.length * 2);
        }
        length += deflater.deflate(out, length, out.length - length);
      }
      return Arrays.copyOf(out, length);
    } finally {
      deflater.end();
    }
  }

  @Override
  public byte[] decompress(byte[] compressed, int dictionaryId, int length) throws IOException {
    if (dictionaryId != 0 && dictionaryId != this.dictionaryId) {
      throw new IOException("Entry was written with dictionary " + dictionaryId);
    }
    int start = dictionaryId == 0 ? 0 : sum.length;
    if (!Arrays.equals(compressed, 0, Math.min(start, compressed.length), sum, 0, start)) {
      throw new IOException("Entry was written with another dictionary " + dictionaryId);
    }
    if (length > MAX_RATIO * (compressed.length - start)) {
      throw new IOException("Entry states a length that it cannot hold"); // before allocating
    }
    Inflater inflater = new Inflater(true);
    try {
      if (dictionaryId != 0 && dictionary != null) {
        inflater.setDictionary(dictionary);
      }
      inflater.setInput(compressed, start, compressed.length - start);
      byte[] out = new byte[length];
      int read = 0;
      while (read < length) {
        int n = inflater.inflate(out, read, length - read);
        if (n == 0
            && (inflater.finished() || inflater.needsInput() || inflater.needsDictionary())) {
          throw new IOException("Entry is truncated");
        }
        read += n;
      }
      // one byte more than stated means that the length is wrong, as in a decompression bomb
      if (inflater.inflate(new byte[1]) != 0
          || !inflater.finished()
          || inflater.getRemaining() != 0) {
        throw new IOException("Entry is longer than it states");
      }
      return out;
    } catch (DataFormatException e) {
      throw new IOException("Entry is damaged", e);
    } finally {
      inflater.end();
    }
  }
}
