package com.gymcoach.bedrock.cache.spi.store;

import java.util.Objects;

/**
 * Describes what a single read of a store must return.
 *
 * @param address the address of the entry, which also determines the markers
 * @param withEntry true to read the entry and the markers, false for the markers only
 * @param withNamespaceMarker whether to read the namespace's marker too
 */
public record StoreQuery(EntryAddress address, boolean withEntry, boolean withNamespaceMarker) {
  /** Checks that the address is not null. */
  public StoreQuery {
    Objects.requireNonNull(address, "address");
  }
}
