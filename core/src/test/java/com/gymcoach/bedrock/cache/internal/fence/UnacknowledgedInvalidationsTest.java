package com.gymcoach.bedrock.cache.internal.fence;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.internal.sdk.KeyDigests;
import com.gymcoach.bedrock.cache.internal.sdk.RequestKeys;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an unacknowledged invalidation keeps from being taken, and for how long. */
class UnacknowledgedInvalidationsTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

  private final UnacknowledgedInvalidations unacknowledged = new UnacknowledgedInvalidations();

  private static Partition partition(int user) {
    return RequestKeys.partitions("default", CacheScope.user("user-" + user), KeyDigests.PLAIN)
        .get(0);
  }

  private static EntryAddress entry(int user) {
    return new EntryAddress(partition(user), "chat", new Digest(1, 2, 3, 4));
  }

  @Test
  void stand_untilAnInvalidationGetsThrough_ofTheScopeAlone() {
    unacknowledged.raise(partition(1), "chat", NOW);
    assertThat(unacknowledged.covers(entry(1))).isTrue();
    assertThat(unacknowledged.covers(entry(2))).isFalse();
    assertThat(unacknowledged.mayOutdate(NOW)).isFalse();
    unacknowledged.remove(partition(1), "chat", unacknowledged.begin());
    assertThat(unacknowledged.covers(entry(1))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void remove_whenAnInvalidationFailedAfterThisOneBegan_keepsIt(boolean wholeScope) {
    String endpoint = wholeScope ? null : "chat";
    unacknowledged.raise(partition(1), endpoint, NOW);
    long began = unacknowledged.begin();
    unacknowledged.raise(partition(1), endpoint, NOW);
    unacknowledged.remove(partition(1), endpoint, began);
    assertThat(unacknowledged.covers(entry(1))).isTrue();
    unacknowledged.remove(partition(1), endpoint, unacknowledged.begin());
    assertThat(unacknowledged.covers(entry(1))).isFalse();
  }

  @Test
  void remove_ofAScope_removesAllItsEndpointsAndNoOtherScopes() {
    unacknowledged.raise(partition(1), "chat", NOW);
    unacknowledged.raise(partition(1), null, NOW);
    unacknowledged.raise(partition(2), "chat", NOW);
    unacknowledged.remove(partition(1), null, unacknowledged.begin());
    assertThat(unacknowledged.covers(entry(1))).isFalse();
    assertThat(unacknowledged.covers(entry(2))).isTrue();
  }

  @Test
  void remove_ofAnEndpoint_keepsTheOthersAndTheWholeScope() {
    unacknowledged.raise(partition(1), "chat", NOW);
    unacknowledged.raise(partition(2), null, NOW);
    unacknowledged.remove(partition(1), "plan", unacknowledged.begin());
    unacknowledged.remove(partition(2), "chat", unacknowledged.begin());
    assertThat(unacknowledged.covers(entry(1))).isTrue();
    assertThat(unacknowledged.covers(entry(2))).isTrue();
  }

  /**
   * Beyond the bound it is not known whose they were: what was made since is taken all the same.
   */
  @Test
  void outdate_whenMoreInvalidationsFailedThanFit_concernsWhatWasMadeBefore() {
    for (int user = 0; user <= UnacknowledgedInvalidations.MAX_PENDING; user++) {
      unacknowledged.raise(partition(user), null, NOW);
    }
    assertThat(unacknowledged.covers(entry(UnacknowledgedInvalidations.MAX_PENDING))).isFalse();
    assertThat(unacknowledged.mayOutdate(NOW.minus(Duration.ofDays(1)))).isTrue();
    assertThat(unacknowledged.mayOutdate(NOW.plus(Duration.ofMinutes(5)))).isTrue();
    assertThat(unacknowledged.mayOutdate(NOW.plus(Duration.ofMinutes(6)))).isFalse();
  }
}
