package com.gymcoach.bedrock.cache.spi;

import java.io.IOException;

/**
 * Makes stored entries smaller. What it writes carries its {@link #id()} and {@link
 * #dictionaryId()}, so that a reader knows what to read it with.
 *
 * <p>Must be safe for use by many threads.
 */
public interface Compressor {

  /**
   * Returns the number that entries written by this compressor carry for ever: 0 and 1 are taken by
   * {@link #none()} and Deflate, 128 to 255 are for users.
   */
  int id();

  /** Returns the number of the dictionary that {@link #compress} uses, 0 for none. */
  default int dictionaryId() {
    return 0;
  }

  /** Returns the bytes made smaller (or larger: the cache then keeps the original). */
  byte[] compress(byte[] raw);

  /**
   * Restores what {@link #compress} was given, and never makes more bytes than expected.
   *
   * @param dictionaryId the dictionary that the entry was written with
   * @param length how many bytes there must be
   * @throws IOException if the input is damaged, is not exactly {@code length} bytes long once
   *     restored, has bytes to spare, or names a dictionary that this compressor does not have
   */
  byte[] decompress(byte[] compressed, int dictionaryId, int length) throws IOException;

  /** Returns the compressor that leaves bytes as they are. */
  static Compressor none() {
    return NoCompressor.INSTANCE;
  }

  /** Returns the JDK's Deflate without a dictionary. */
  static Compressor deflate() {
    return DeflateCompressor.PLAIN;
  }

  /**
   * Returns the JDK's Deflate with a dictionary made for answers about training and food and for
   * Bedrock's JSON, the default. It makes small entries a third smaller than Deflate alone.
   */
  static Compressor standard() {
    return DeflateCompressor.standard();
  }

  /**
   * Returns the JDK's Deflate with a preset dictionary of a service's own. The dictionary is part
   * of the stored format: keep it, unchanged, under its number for as long as an entry written with
   * it may live. Entries carry a check sum of it: where another has its number they are misses.
   *
   * @param dictionaryId 128 or more: the numbers below are this library's own
   * @param dictionary up to 32 KB; the most frequent fragments last. {@link DictionaryBuilder}
   *     makes one
   * @throws IllegalArgumentException if either is not such
   */
  static Compressor deflate(int dictionaryId, byte[] dictionary) {
    return DeflateCompressor.withDictionary(dictionaryId, dictionary);
  }
}
