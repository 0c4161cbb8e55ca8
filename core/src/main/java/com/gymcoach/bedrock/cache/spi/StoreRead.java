package com.gymcoach.bedrock.cache.spi;

import org.jspecify.annotations.Nullable;

/**
 * What a store found.
 *
 * @param envelope the bytes last written under the address, or null where there are none, where
 *     they could not be read this time, or where the request was for the markers alone
 * @param markers the markers in force, or null where they could not be read; never guessed: an
 *     unread marker is unknown, not {@link Marker#NONE}
 */
public record StoreRead(byte @Nullable [] envelope, @Nullable Markers markers) {}
