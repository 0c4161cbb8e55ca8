package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The state of the store, as a health check reads it. */
class StoreAvailableTest {

  @Test
  void storeAvailable_whenTheStoreDoesNotSayOrThereIsNone_isTrue() {
    try (BedrockCache without = BedrockCache.builder().build();
        BedrockCache with = BedrockCache.builder().store(new FakeStore()).build()) {
      assertThat(without.storeAvailable()).isTrue();
      assertThat(with.storeAvailable()).isTrue();
    }
  }

  @Test
  void storeAvailable_whenTheStoreIsNot_isFalse() {
    try (BedrockCache cache = over(() -> false)) {
      assertThat(cache.storeAvailable()).isFalse();
    }
  }

  @Test
  void storeAvailable_whenTheStoreFailsToSay_isFalseAndCountsTheFault() {
    try (BedrockCache cache =
        over(
            () -> {
              throw new IllegalStateException("The store of this test fails");
            })) {
      assertThat(cache.storeAvailable()).isFalse();
      assertThat(cache.stats().faults()).containsEntry(CacheFault.CALLBACK_FAILED, 1L);
    }
  }

  private static BedrockCache over(BooleanSupplier available) {
    return BedrockCache.builder()
        .store(
            new ForwardingStore(new FakeStore()) {
              @Override
              public boolean isAvailable() {
                return available.getAsBoolean();
              }
            })
        .build();
  }
}
