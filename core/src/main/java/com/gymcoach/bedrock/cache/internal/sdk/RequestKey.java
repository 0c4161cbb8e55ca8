package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.spi.keys.Digest;

/**
 * The key of a request.
 *
 * @param principal the digest of the user who owns the answer, or of the principal shared by all
 *     users
 * @param digest the digest of everything that can change the answer
 * @param volatileReference whether the request refers to something whose content can change under
 *     the same name, so that the same request may have a different answer tomorrow
 */
public record RequestKey(Digest principal, Digest digest, boolean volatileReference) {

  /** Returns this key under a secret, without which the result cannot be computed. */
  public RequestKey under(KeyDigests secret) {
    return new RequestKey(secret.ofPrincipal(principal), secret.ofKey(digest), volatileReference);
  }
}
