package com.gymcoach.bedrock.cache.spi.compression;

import java.io.IOException;

/** Leaves bytes unchanged. */
enum NoCompressor implements Compressor {
  INSTANCE;

  @Override
  public int id() {
    return 0;
  }

  @Override
  public byte[] compress(byte[] raw) {
    return raw;
  }

  @Override
  public byte[] decompress(byte[] compressed, int dictionaryId, int length) throws IOException {
    if (compressed.length != length) {
      throw new IOException("Entry does not have the length that it states");
    }
    return compressed;
  }
}
