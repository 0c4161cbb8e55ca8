package com.gymcoach.bedrock.testkit;

import static com.gymcoach.bedrock.testkit.Stages.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The part of the contract about deleting entries. */
abstract class DeletionContract extends MarkerContract {
  /** More entries than fit on a few pages of any backend that reads or deletes by pages. */
  private static final int MANY = 120;

  @Test
  void deleteAll_whenThereAreEntries_returnsExactlyThoseThatWent() {
    Set<EntryAddress> written = new HashSet<>();
    for (String endpoint : List.of("chat", "chat", "workout-plan")) {
      written.add(address(endpoint));
    }
    written.forEach(address -> write(address, bytes(64)));
    written.forEach(address -> write(address, bytes(64))); // an entry written twice is one entry
    assertThat(deleteAll(partition, null)).isEqualTo(written);
    written.forEach(address -> assertThat(envelope(address)).isNull());
    assertThat(deleteAll(partition, null)).isEmpty();
  }

  @Test
  void deleteAll_whenEndpointNamed_leavesTheOthers() {
    EntryAddress chat = address("chat");
    write(chat, bytes(64));
    List<EntryAddress> others = new ArrayList<>();
    namesLike("chat").forEach(endpoint -> others.add(address(endpoint)));
    others.forEach(address -> write(address, bytes(64)));
    assertThat(deleteAll(partition, "chat")).containsExactly(chat);
    assertThat(envelope(chat)).isNull();
    others.forEach(address -> assertThat(envelope(address)).as(address.toString()).isNotNull());
    assertThat(deleteAll(partition, "chat")).isEmpty();
  }

  @Test
  void deleteAll_whenPartitionNamed_leavesTheOthers() {
    assertOthersLeft(partition);
  }

  @Test
  void deleteAll_whenShardNamed_leavesTheOthers() {
    assertOthersLeft(new Partition(namespace, ALICE, 1));
  }

  @Test
  void deleteAll_whenThereAreMarkers_leavesThem() {
    Markers marked = new Markers(marker(), marker(), null);
    mark(partition, null, marked.scope());
    mark(partition, "chat", marked.endpoint());
    write(address("chat"), bytes(64));
    assertThat(deleteAll(partition, "chat")).hasSize(1);
    assertThat(deleteAll(partition, null)).isEmpty();
    assertThat(markers(partition, "chat")).isEqualTo(marked);
  }

  @Test
  void deleteAll_whenThereAreMany_reachesAll() {
    Set<EntryAddress> written = new HashSet<>();
    for (int i = 0; i < MANY; i++) {
      EntryAddress address = address("chat");
      written.add(address);
      write(address, bytes(64));
    }
    assertThat(deleteAll(partition, null)).isEqualTo(written);
    written.forEach(address -> assertThat(envelope(address)).isNull());
  }

  /** Also what a write before has left: the address is reported once, and nothing comes back. */
  @Test
  void deleteAll_whenTheLargestEntriesWereReplaced_leavesNothingOfThem() {
    EntryAddress replaced = address("chat");
    EntryAddress small = address("chat");
    byte[] large = largest();
    write(replaced, large);
    write(replaced, largest());
    write(small, large);
    write(small, bytes(64));
    List<EntryAddress> gone = new CopyOnWriteArrayList<>();
    assertThat(get(underTest.deleteAll(partition, "chat", gone::add)))
        .containsExactlyInAnyOrder(replaced, small);
    assertThat(gone).containsExactlyInAnyOrder(replaced, small);
    for (EntryAddress address : List.of(replaced, small)) {
      assertThat(envelope(address) == null).isTrue();
      write(address, bytes(64));
      assertThat(deleteAll(partition, null)).containsExactly(address);
    }
    write(replaced, large); // of which nothing was left
    assertIs(large, replaced);
  }

  private void assertOthersLeft(Partition mine) {
    EntryAddress gone = new EntryAddress(mine, "chat", digest());
    write(gone, bytes(64));
    List<EntryAddress> others = new ArrayList<>();
    partitionsLike(mine).forEach(each -> others.add(new EntryAddress(each, "chat", digest())));
    others.forEach(address -> write(address, bytes(64)));
    assertThat(deleteAll(mine, null)).containsExactly(gone);
    others.forEach(address -> assertThat(envelope(address)).as(address.toString()).isNotNull());
  }
}
