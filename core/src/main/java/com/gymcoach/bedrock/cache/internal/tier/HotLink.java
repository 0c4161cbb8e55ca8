package com.gymcoach.bedrock.cache.internal.tier;

import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import org.jspecify.annotations.Nullable;

/**
 * An address that remembers where the memory tier holds its answer, so that a repeated request
 * needs no look-up. Only {@link HotTier} sets the place, and only to what it found at this address.
 * Belongs to one tier. Thread-safe.
 */
public final class HotLink {
  private final EntryAddress address;
  private volatile @Nullable HotSlot slot;

  /** Creates a link that has to be looked up once. */
  public HotLink(EntryAddress address) {
    this.address = address;
  }

  /** Returns the address. */
  public EntryAddress address() {
    return address;
  }

  @Nullable HotSlot slot() {
    return slot;
  }

  /** Keeps no slot: the answer has left the tier. */
  void drop() {
    if (slot != null) {
      slot = null;
    }
  }

  void to(HotSlot found) {
    if (slot != found) {
      slot = found;
    }
  }
}
