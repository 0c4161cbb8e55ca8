package com.gymcoach.bedrock.redis;

import static com.gymcoach.bedrock.fuzz.Checks.require;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Target;
import java.util.Arrays;
import java.util.List;

/**
 * Keys that a server may hold, and members of an index. A key is an entry's only if that entry has
 * this very key: a deletion must not take a foreign one.
 */
public final class RedisMemberFuzz implements Target {
  private static final int PER_BYTE = 64;
  private static final int BASE = 16 * 1_024;
  private static final RedisLayout LAYOUT = new RedisLayout("bc:");
  private static final List<Partition> PARTITIONS =
      List.of(
          new Partition("prod", new Digest(1, 2, 3, 4), Partition.WHOLE),
          new Partition("prod", new Digest(1, 2, 3, 4), 15));

  @Override
  public List<byte[]> seeds() {
    return PARTITIONS.stream()
        .map(each -> LAYOUT.entryKey(new EntryAddress(each, "chat", new Digest(5, 6, 7, 8))))
        .toList();
  }

  @Override
  public boolean accepts(byte[] input) {
    boolean accepted = false;
    for (Partition partition : PARTITIONS) {
      accepted |= isEntry(partition, input);
    }
    EntryAddress address =
        Bounds.within(
            input,
            PER_BYTE,
            BASE,
            () -> RedisLayout.address(PARTITIONS.get(0), RedisLayout.text(input)));
    require(
        address == null || RedisLayout.member(address).equals(RedisLayout.text(input)),
        "A member of another entry");
    return accepted;
  }

  private static boolean isEntry(Partition partition, byte[] key) {
    String member = Bounds.within(key, PER_BYTE, BASE, () -> LAYOUT.member(partition, key));
    EntryAddress address = member == null ? null : RedisLayout.address(partition, member);
    if (address == null) {
      return false;
    }
    require(Arrays.equals(LAYOUT.entryKey(address), key), "The key of another entry");
    return true;
  }
}
