package com.gymcoach.bedrock.cache.spi.store;

import org.jspecify.annotations.Nullable;

/**
 * The result of a store's read.
 *
 * @param envelope the bytes last written at the address; null if there are none, if they could not
 *     be read this time, or if only the markers were requested
 * @param markers the markers in force, or null if they could not be read. Never report an unread
 *     marker as {@link Marker#NONE}
 * @param entryUnread whether the entry was requested but could not be read, for instance because
 *     the backend throttled that part of the request. The cache then counts a fault and writes
 *     nothing: the entry may well exist, and a write would add to the load
 * @param settings the text of the namespace's live settings, which a store may add to the
 *     namespace's marker at no cost; empty if there are none, null if they were not read
 */
public record StoreRead(
    byte @Nullable [] envelope,
    @Nullable Markers markers,
    boolean entryUnread,
    @Nullable String settings) {

  /** Creates a result that says nothing of the namespace's settings. */
  public StoreRead(byte @Nullable [] envelope, @Nullable Markers markers, boolean entryUnread) {
    this(envelope, markers, entryUnread, null);
  }

  /** Creates a result in which a null envelope means that there is no entry. */
  public StoreRead(byte @Nullable [] envelope, @Nullable Markers markers) {
    this(envelope, markers, false);
  }
}
