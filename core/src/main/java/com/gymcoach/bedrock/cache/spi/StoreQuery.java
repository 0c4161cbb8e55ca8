package com.gymcoach.bedrock.cache.spi;

import java.util.Objects;

/**
 * What to read from a store, in one go.
 *
 * @param address the entry, and with it whose markers
 * @param withEntry whether the entry is wanted, or the markers alone
 * @param withNamespaceMarker whether the namespace's marker is wanted too
 */
public record StoreQuery(EntryAddress address, boolean withEntry, boolean withNamespaceMarker) {
  /** Checks that there is an address. */
  public StoreQuery {
    Objects.requireNonNull(address, "address");
  }
}
