package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Splits an entry that is too large for one item into parts, and joins them. All parts but the last
 * have the same size, so the length of an entry says how many there are and how long each is.
 *
 * @param partBytes the size of a part, in bytes
 * @param maxBytes the largest entry that is split or joined, in bytes
 */
record EntryParts(int partBytes, int maxBytes) {
  /**
   * The largest entry that is stored as one item: an item is limited to 400 KB, and its keys need
   * some of that.
   */
  static final int MAX_WHOLE_BYTES = 390 * 1024;

  /** The largest entry that can be stored: 11 parts. */
  static final int MAX_BYTES = 4 << 20;

  /** Leaves 16 KB of an item for keys and names. It is part of the stored format. */
  private static final int PART_BYTES = 384 * 1024;

  /** Returns the parts of a store that accepts entries of up to {@code maxBytes}. */
  static EntryParts upTo(int maxBytes) {
    return new EntryParts(PART_BYTES, maxBytes);
  }

  /** Returns whether an entry of this size is stored in parts. */
  static boolean areNeeded(int bytes) {
    return bytes > MAX_WHOLE_BYTES;
  }

  /** Returns the number of parts of an entry. */
  int count(int bytes) {
    return (bytes + partBytes - 1) / partBytes;
  }

  /** Returns the size of a part, counted from 0. */
  int size(int bytes, int number) {
    return Math.min(partBytes, bytes - number * partBytes);
  }

  /** Returns copies of an entry's parts, in order. */
  List<byte[]> split(byte[] envelope) {
    List<byte[]> parts = new ArrayList<>();
    for (int from = 0; from < envelope.length; from += partBytes) {
      parts.add(
          Arrays.copyOfRange(envelope, from, from + Math.min(partBytes, envelope.length - from)));
    }
    return parts;
  }

  /** Returns the head of an entry that has been split. */
  static EntryHead head(List<byte[]> parts, Instant retainUntil) {
    int bytes = parts.stream().mapToInt(part -> part.length).sum();
    return new EntryHead(parts.size(), bytes, digest(parts), retainUntil);
  }

  /**
   * Returns the head that an attribute holds, or null if it holds anything else, or the head of an
   * entry that is larger than this store accepts. Nothing is allocated for an entry before this
   * check.
   */
  @Nullable EntryHead head(@Nullable AttributeValue value) {
    EntryHead head = value == null ? null : EntryHead.of(value);
    return head != null
            && head.bytes() > 0
            && head.bytes() <= maxBytes
            && head.parts() == count(head.bytes())
        ? head
        : null;
  }

  /**
   * Returns the entry that parts make, or null if they are not the head's: one is missing or has
   * the wrong size, or the digest differs.
   */
  byte @Nullable [] join(EntryHead head, List<byte @Nullable []> parts) {
    for (int i = 0; i < head.parts(); i++) {
      byte[] part = parts.get(i);
      if (part == null || part.length != size(head.bytes(), i)) {
        return null;
      }
    }
    byte[] envelope = new byte[head.bytes()];
    for (int i = 0; i < head.parts(); i++) {
      byte[] part = parts.get(i);
      System.arraycopy(part, 0, envelope, i * partBytes, part.length);
    }
    return digest(List.of(envelope)).equals(head.sha256()) ? envelope : null;
  }

  private static Digest digest(List<byte[]> parts) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      parts.forEach(sha256::update);
      return Digest.of(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
