package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.cache.spi.Digest;

/**
 * The key of a request.
 *
 * @param principal the digest of whom the answer belongs to
 * @param digest of all that can change the answer
 * @param volatileReference whether the request refers to something that can change behind the same
 *     name, so that the same request may have another answer tomorrow
 */
public record RequestKey(Digest principal, Digest digest, boolean volatileReference) {

  /** Returns the key as only who has the secret can make it. */
  public RequestKey under(KeySecret secret) {
    return new RequestKey(secret.ofPrincipal(principal), secret.ofKey(digest), volatileReference);
  }
}
