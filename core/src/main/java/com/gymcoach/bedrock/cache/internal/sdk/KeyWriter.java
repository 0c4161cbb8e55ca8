package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * Digests a sequence of typed tokens. Each token begins with its tag, and its end is defined by a
 * stated length, a fixed length or an {@link #END}. No two sequences therefore have the same bytes.
 *
 * <p>Not thread-safe.
 */
final class KeyWriter {
  // The tags are part of the stored format: a change makes every stored entry unreachable.
  static final byte END = 0;
  static final byte NULL = 1;
  static final byte FALSE = 2;
  static final byte TRUE = 3;
  static final byte STRING = 4;
  static final byte STRING_OF_UNITS = 5;
  static final byte BYTES = 6;
  static final byte CANONICAL_JSON = 7;
  static final byte OBJECT = 8;
  static final byte LIST = 9;
  static final byte MAP = 10;
  static final byte INTEGER = 11;
  static final byte LONG = 12;
  static final byte FLOAT = 13;
  static final byte DOUBLE = 14;
  static final byte INSTANT = 15;
  static final byte SHORT = 16;
  static final byte BYTE = 17;
  static final byte DOCUMENT_NULL = 18;
  static final byte NUMBER = 19;
  static final byte USER = 20;
  static final byte SHARED = 21;
  static final byte GENERATED = 22;

  private static final int SHORT_STRING = 64;
  private static final int HEAD = 1 + Integer.BYTES; // a tag and a length

  private final MessageDigest sha256 = sha256();
  private final byte[] scratch = new byte[1024]; // clearing it is part of every key
  private int used;

  /** Returns the digest of the sequence and starts a new one. */
  Digest digest() {
    flush();
    return Digest.of(sha256.digest());
  }

  void tag(byte tag) {
    reserve(1);
    scratch[used++] = tag;
  }

  void bool(boolean value) {
    tag(value ? TRUE : FALSE);
  }

  void int32(byte tag, int value) {
    reserve(HEAD);
    scratch[used++] = tag;
    putInt(value);
  }

  void int64(byte tag, long value) {
    reserve(1 + Long.BYTES);
    scratch[used++] = tag;
    putInt((int) (value >>> Integer.SIZE));
    putInt((int) value);
  }

  void string(@Nullable String value) {
    if (value == null) {
      tag(NULL);
    } else if (!shortAscii(value)) {
      byte[] utf8 = value.getBytes(UTF_8);
      // The encoder replaces an unpaired surrogate with a question mark, which would make two
      // different strings equal. Such a string is written as a sequence of UTF-16 units instead.
      if (new String(utf8, UTF_8).equals(value)) {
        bytes(STRING, utf8, utf8.length);
      } else {
        units(value);
      }
    }
  }

  void bytes(byte tag, byte[] bytes, int length) {
    int32(tag, length);
    raw(bytes, length);
  }

  /** Writes tokens made earlier with {@link #token}. */
  void raw(byte[] tokens) {
    raw(tokens, tokens.length);
  }

  /** Returns the bytes of a string's token, for {@link #raw(byte[])}. */
  static byte[] token(String value) {
    byte[] utf8 = value.getBytes(UTF_8);
    return ByteBuffer.allocate(HEAD + utf8.length)
        .put(STRING)
        .putInt(utf8.length)
        .put(utf8)
        .array();
  }

  /**
   * Writes a string without a copy if it is short and ASCII, as most are; otherwise writes nothing
   * and returns false.
   */
  private boolean shortAscii(String value) {
    int length = value.length();
    if (length > SHORT_STRING) {
      return false;
    }
    reserve(HEAD + SHORT_STRING);
    int to = used + HEAD;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        return false;
      }
      scratch[to + i] = (byte) c;
    }
    scratch[used++] = STRING;
    putInt(length);
    used += length;
    return true;
  }

  private void units(String value) {
    int32(STRING_OF_UNITS, value.length());
    for (int i = 0; i < value.length(); i++) {
      reserve(Character.BYTES);
      scratch[used++] = (byte) (value.charAt(i) >>> Byte.SIZE);
      scratch[used++] = (byte) value.charAt(i);
    }
  }

  private void raw(byte[] bytes, int length) {
    if (length > scratch.length - used) {
      flush();
      if (length > scratch.length) {
        sha256.update(bytes, 0, length);
        return;
      }
    }
    System.arraycopy(bytes, 0, scratch, used, length);
    used += length;
  }

  private void putInt(int value) {
    scratch[used++] = (byte) (value >>> 24);
    scratch[used++] = (byte) (value >>> 16);
    scratch[used++] = (byte) (value >>> 8);
    scratch[used++] = (byte) value;
  }

  private void reserve(int length) {
    if (length > scratch.length - used) {
      flush();
    }
  }

  private void flush() {
    sha256.update(scratch, 0, used);
    used = 0;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
