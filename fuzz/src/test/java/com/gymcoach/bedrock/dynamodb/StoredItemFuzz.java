package com.gymcoach.bedrock.dynamodb;

import static com.gymcoach.bedrock.fuzz.Checks.require;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Target;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Items that a table may hold in the place of an entry: sort keys, heads of large entries, and
 * parts. The first line of an input is a sort key, the next three are the numbers of a head, and
 * the rest is the digest and the parts, in pieces of 8 bytes. A head is taken only if its numbers
 * fit each other; parts are joined only if they are the entry of the head.
 */
public final class StoredItemFuzz implements Target {
  private static final int PER_BYTE = 512;
  private static final int BASE = 64 * 1_024;
  private static final int LINES = 4;
  private static final int DIGEST = 32;
  private static final Partition PARTITION =
      new Partition("prod", new Digest(1, 2, 3, 4), Partition.WHOLE);
  private static final EntryParts PARTS = new EntryParts(8, 64);

  @Override
  public List<byte[]> seeds() {
    Digest key = new Digest(5, 6, 7, 8);
    String head = "E#chat#" + key.text();
    byte[] entry = "an entry in four parts, yes".getBytes(UTF_8);
    return List.of(
        input(head, head(entry, Instant.ofEpochSecond(1_764_000_000)), entry),
        input(
            StoredItem.partOf(head, 3, key),
            head(new byte[1], Instant.ofEpochSecond(0)),
            new byte[1]));
  }

  private static EntryHead head(byte[] entry, Instant retainUntil) {
    return EntryParts.head(PARTS.split(entry), retainUntil);
  }

  private static byte[] input(String sort, EntryHead head, byte[] entry) {
    byte[] lines =
        (sort
                + "\n"
                + head.parts()
                + "\n"
                + head.bytes()
                + "\n"
                + head.retainUntil().getEpochSecond()
                + "\n")
            .getBytes(UTF_8);
    return ByteBuffer.allocate(lines.length + DIGEST + entry.length)
        .put(lines)
        .put(head.sha256().bytes())
        .put(entry)
        .array();
  }

  @Override
  public boolean accepts(byte[] input) {
    List<String> lines = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < LINES; i++) {
      int from = at;
      while (at < input.length && input[at] != '\n') {
        at++;
      }
      lines.add(new String(input, from, at - from, UTF_8));
      at = Math.min(input.length, at + 1);
    }
    boolean isItem = sortKey(lines.get(0));
    byte[] rest = Arrays.copyOfRange(input, at, input.length);
    boolean isHead = head(lines, rest, input);
    return isItem || isHead;
  }

  private static boolean sortKey(String sort) {
    StoredItem item =
        Bounds.within((long) PER_BYTE * sort.length() + BASE, () -> StoredItem.of(PARTITION, sort));
    if (item == null) {
      return false;
    }
    String head = "E#" + item.address().endpoint() + "#" + item.address().key().text();
    require(item.sort().equals(sort), "Another sort key");
    require(item.isPart() ? sort.startsWith(head + "#") : sort.equals(head), "Another address");
    return true;
  }

  private static boolean head(List<String> lines, byte[] rest, byte[] input) {
    byte[] digest = Arrays.copyOf(rest, Math.min(DIGEST, rest.length));
    Map<String, AttributeValue> members = new HashMap<>();
    members.put("parts", AttributeValue.fromN(lines.get(1)));
    members.put("bytes", AttributeValue.fromN(lines.get(2)));
    members.put("until", AttributeValue.fromN(lines.get(3)));
    members.put("sha256", AttributeValue.fromB(SdkBytes.fromByteArray(digest)));
    AttributeValue value = AttributeValue.fromM(members);
    EntryHead head = Bounds.within(input, PER_BYTE, BASE, () -> PARTS.head(value));
    if (head == null) {
      return false;
    }
    require(
        head.bytes() > 0 && head.bytes() <= 64 && head.parts() == (head.bytes() + 7) / 8,
        "A head whose numbers do not fit");
    require(head.equals(PARTS.head(head.attribute())), "A head comes back changed");
    join(head, Arrays.copyOfRange(rest, DIGEST, Math.max(DIGEST, rest.length)));
    return true;
  }

  private static void join(EntryHead head, byte[] entry) {
    List<byte @Nullable []> parts = new ArrayList<>(PARTS.split(entry));
    while (parts.size() < head.parts()) {
      parts.add(null);
    }
    byte[] joined = Bounds.within(entry, PER_BYTE, BASE, () -> PARTS.join(head, parts));
    if (joined != null) {
      byte[] own = Arrays.copyOf(entry, head.bytes());
      require(Arrays.equals(joined, own), "Another entry is joined");
      require(head(joined, head.retainUntil()).equals(head), "Not the entry of the head");
    }
  }
}
