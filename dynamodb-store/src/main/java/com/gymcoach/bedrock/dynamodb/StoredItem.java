package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An item of an entry, by its sort key: the entry itself or its head, {@code E#<endpoint>#<key>},
 * or one of its parts, {@code E#<endpoint>#<key>#<number>#<digest>}.
 *
 * <p>A part's key follows its head's, and begins with it. It also ends as an entry's key does:
 * versions that do not know parts take it for an entry at an endpoint of another name, and delete
 * it as such.
 *
 * @param sort the sort key
 * @param address the address of the entry
 * @param isPart whether it is a part; only items that are not count as entries
 */
record StoredItem(String sort, EntryAddress address, boolean isPart) {
  private static final Pattern SORT =
      Pattern.compile("E#([^#]+)#([A-Za-z0-9_-]{43})(#[0-9]{1,2}#([A-Za-z0-9_-]{43}))?");

  /** Returns the sort key of a part, counted from 0. */
  static String partOf(String head, int number, Digest sha256) {
    return head + "#" + number + "#" + sha256.text();
  }

  /** Returns the item that a partition's sort key denotes, or null if it is not an entry's. */
  static @Nullable StoredItem of(Partition partition, String sort) {
    Matcher matcher = SORT.matcher(sort);
    if (!matcher.matches()) {
      return null;
    }
    boolean isPart = matcher.group(3) != null;
    Digest key = digest(matcher.group(2));
    return key == null || (isPart && digest(matcher.group(4)) == null)
        ? null
        : new StoredItem(sort, new EntryAddress(partition, matcher.group(1), key), isPart);
  }

  /** Returns null for a text that no digest has: Base64 has several spellings, ours is unique. */
  private static @Nullable Digest digest(String text) {
    Digest digest = Digest.parse(text); // 43 characters of the alphabet are always 32 bytes
    return digest.text().equals(text) ? digest : null;
  }
}
