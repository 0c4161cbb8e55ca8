package com.gymcoach.bedrock.cache.spi;

import org.jspecify.annotations.Nullable;

/**
 * What a store found.
 *
 * @param envelope the bytes last written under the address, or null where there are none, where
 *     they could not be read this time, or where the request was for the markers alone
 * @param markers the markers in force, or null where they could not be read; never guessed: an
 *     unread marker is unknown, not {@link Marker#NONE}
 * @param entryUnread whether the entry was asked for and could not be read, for instance because
 *     the backend throttled that part of the request. The cache counts a fault and writes nothing:
 *     an entry that could not be read may well be there, and a write would add to the load
 */
public record StoreRead(
    byte @Nullable [] envelope, @Nullable Markers markers, boolean entryUnread) {

  /** Returns a read in which a missing envelope means that there is no entry. */
  public StoreRead(byte @Nullable [] envelope, @Nullable Markers markers) {
    this(envelope, markers, false);
  }
}
