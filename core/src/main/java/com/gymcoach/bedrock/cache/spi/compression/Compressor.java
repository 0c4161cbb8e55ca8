package com.gymcoach.bedrock.cache.spi.compression;

import java.io.IOException;

/**
 * Compresses stored entries. Each entry carries the compressor's {@link #id()} and {@link
 * #dictionaryId()}, which tell a reader how to decompress it.
 *
 * <p>Implementations must be thread-safe.
 */
public interface Compressor {

  /**
   * Returns the number that identifies this compressor in entries; never change it. {@link #none()}
   * has 0 and Deflate has 1; 128 to 255 are for users.
   */
  int id();

  /**
   * Returns the number of the dictionary that {@link #compress} uses, or 0 for none. Defaults to 0.
   */
  default int dictionaryId() {
    return 0;
  }

  /**
   * Returns the compressed bytes. If they are larger than the input, the cache stores the original.
   */
  byte[] compress(byte[] raw);

  /**
   * Restores the input of {@link #compress}. Must never produce more than {@code length} bytes.
   *
   * @param dictionaryId the dictionary that the entry was written with
   * @param length the exact length of the result, in bytes
   * @throws IOException if the input is damaged or has trailing bytes, the result is not exactly
   *     {@code length} bytes long, or this compressor does not have the dictionary
   */
  byte[] decompress(byte[] compressed, int dictionaryId, int length) throws IOException;

  /** Returns the compressor that leaves bytes unchanged. */
  static Compressor none() {
    return NoCompressor.INSTANCE;
  }

  /** Returns the JDK's Deflate without a dictionary. */
  static Compressor deflate() {
    return DeflateCompressor.PLAIN;
  }

  /**
   * Returns the default: the JDK's Deflate with a dictionary made for answers about training and
   * food and for Bedrock's JSON. It makes small entries a third smaller than Deflate alone does.
   */
  static Compressor standard() {
    return DeflateCompressor.standard();
  }

  /**
   * Returns the JDK's Deflate with a service's own preset dictionary. The dictionary is part of the
   * stored format: keep it unchanged under its number for as long as an entry written with it may
   * live. Entries carry the dictionary's checksum, so if another dictionary has its number, they
   * are misses.
   *
   * @param dictionaryId 128 or more; smaller numbers are reserved for this library
   * @param dictionary 1 byte to 32 KiB, with the most frequent fragments last; {@link
   *     DictionaryBuilder} makes one
   * @throws IllegalArgumentException if either is out of range
   */
  static Compressor deflate(int dictionaryId, byte[] dictionary) {
    return DeflateCompressor.withDictionary(dictionaryId, dictionary);
  }
}
