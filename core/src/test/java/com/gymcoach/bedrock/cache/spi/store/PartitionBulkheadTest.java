package com.gymcoach.bedrock.cache.spi.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import org.junit.jupiter.api.Test;

class PartitionBulkheadTest {
  private static final Partition ALICE = partition("alice");
  private static final Partition BOB = partition("bob");

  private final PartitionBulkhead limit = new PartitionBulkhead(2);

  private static Partition partition(String user) {
    return CacheScope.user(user).partitions("default", null).get(0);
  }

  @Test
  void enter_whenAllPlacesAreTaken_refusesThatPartitionOnly() {
    assertThat(limit.enter(ALICE)).isTrue();
    assertThat(limit.enter(ALICE)).isTrue();
    assertThat(limit.enter(ALICE)).isFalse();
    assertThat(limit.enter(BOB)).isTrue();
  }

  @Test
  void enter_afterOneHasLeft_takesItsPlaceAndNoMore() {
    assertThat(limit.enter(ALICE)).isTrue();
    assertThat(limit.enter(ALICE)).isTrue();
    assertThat(limit.enter(ALICE)).isFalse();
    limit.leave(ALICE);
    assertThat(limit.enter(ALICE)).isTrue();
    assertThat(limit.enter(ALICE)).isFalse();
  }
}
