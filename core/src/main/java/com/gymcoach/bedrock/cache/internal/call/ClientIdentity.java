package com.gymcoach.bedrock.cache.internal.call;

/**
 * Identifies the client behind a call by everything about it that can change an answer.
 *
 * @param key the part of the key that stands for the client; holds no secret
 * @param isPrivate whether the client shares entries with no other client: it uses the store's
 *     markers, but never its entries
 */
public record ClientIdentity(String key, boolean isPrivate) {}
