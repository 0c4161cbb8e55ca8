package com.gymcoach.bedrock.cache.internal.engine;

/**
 * Identifies the client behind a call, as far as it can change an answer.
 *
 * @param key the part of the key that stands for the client; holds no secret
 * @param isPrivate whether the client shares with no other: of the store it uses the markers, and
 *     never an entry
 */
public record ClientIdentity(String key, boolean isPrivate) {}
