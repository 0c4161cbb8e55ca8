package com.gymcoach.bedrock.redis;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Defines which key holds what. It is the only class that knows this, apart from the scripts. See
 * {@code docs/redis.md}.
 *
 * <p>All keys of a partition have the same hash tag, the part in braces. So a cluster keeps them on
 * one node, and one script can use them together.
 *
 * @param prefix the prefix of every key, without braces
 */
record RedisLayout(String prefix) {
  /** The field with the marker of the whole partition or namespace. */
  static final String SCOPE_MARKER = "s";

  /** The last second of the year 9999. */
  private static final long LAST_SECOND = 253_402_300_799L;

  /** The prefix of a field with an endpoint's marker. */
  private static final String ENDPOINT_MARKER = "e.";

  private static final Pattern ENDPOINT = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** Returns the key of an entry. */
  byte[] entryKey(EntryAddress address) {
    return bytes(entries(address.partition()) + member(address));
  }

  /** Returns an entry's member in the index of its partition. */
  static String member(EntryAddress address) {
    return address.endpoint() + ":" + address.key().text();
  }

  /** Returns the key of a partition's markers. */
  byte[] markersKey(Partition partition) {
    return bytes(tagged(partition) + ":M");
  }

  /** Returns the key of a partition's index of entries. */
  byte[] indexKey(Partition partition) {
    return bytes(tagged(partition) + ":I");
  }

  /** Returns the key of a namespace's marker. */
  byte[] namespaceKey(String namespace) {
    return bytes(prefix + "{" + namespace + "}:M");
  }

  /** Returns the key of a namespace's live settings. */
  byte[] settingsKey(String namespace) {
    return bytes(prefix + "{" + namespace + "}:S");
  }

  /** Returns the field with an endpoint's marker, or with the partition's if it is null. */
  static byte[] field(@Nullable String endpoint) {
    return bytes(endpoint == null ? SCOPE_MARKER : ENDPOINT_MARKER + endpoint);
  }

  /** Returns a pattern that matches the members of an endpoint, or all members if it is null. */
  static String membersOf(@Nullable String endpoint) {
    return endpoint == null ? "*" : endpoint + ":*"; // a name has no special character
  }

  /** Returns a pattern that matches the keys of a partition's entries. */
  String entriesOf(Partition partition, @Nullable String endpoint) {
    return entries(partition) + membersOf(endpoint);
  }

  /** Returns the address that a member denotes, or null if it is not an entry's. */
  static @Nullable EntryAddress address(Partition partition, String member) {
    int end = member.indexOf(':');
    if (end < 0 || !ENDPOINT.matcher(member.substring(0, end)).matches()) {
      return null; // such as a foreign key that is not UTF-8
    }
    try {
      String text = member.substring(end + 1);
      Digest key = Digest.parse(text);
      return key.text().equals(text) // Base64 has several spellings; ours is unique
          ? new EntryAddress(partition, member.substring(0, end), key)
          : null;
    } catch (IllegalArgumentException notOurs) { // the member of a foreign key
      return null;
    }
  }

  /** Returns the member that an entry's key denotes, or null if it is another partition's. */
  @Nullable String member(Partition partition, byte[] key) {
    String text = text(key);
    String entries = entries(partition);
    return text.startsWith(entries) ? text.substring(entries.length()) : null;
  }

  private String entries(Partition partition) {
    return tagged(partition) + ":E:";
  }

  /** Neither a namespace nor a digest has a colon or a brace. */
  private String tagged(Partition partition) {
    String whole = prefix + "{" + partition.namespace() + ":" + partition.principal().text();
    return partition.shard() == Partition.WHOLE
        ? whole + "}"
        : whole + ":" + partition.shard() + "}";
  }

  /** Returns a time as Redis takes it: between 1970 and the year 9999. */
  static byte[] millis(Instant time) {
    long second = Math.min(Math.max(time.getEpochSecond(), 1), LAST_SECOND);
    return bytes(Long.toString(Instant.ofEpochSecond(second, time.getNano()).toEpochMilli()));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
