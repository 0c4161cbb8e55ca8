package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link FieldTree}s that can be compared with each other. All digests contain a random salt
 * of this object's, so that without it no guess at a value can be checked. Thread-safe.
 */
public final class FieldDigests {
  /** The most fields that are told apart in one call. */
  static final int MAX_FIELDS = 1024;

  private static final int SALT_BYTES = 32;

  // FNV-1a, 64 bits.
  private static final long BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private final byte[] salt = new byte[SALT_BYTES];

  /** Creates digests with a salt of their own. */
  public FieldDigests() {
    new SecureRandom().nextBytes(salt);
  }

  /**
   * Returns the fields of a call.
   *
   * @param generated the bytes of the service's key generator, which replace the request's fields
   *     in the key; null if there are none
   * @throws IllegalArgumentException if the request nests deeper than 1,000 levels
   */
  public FieldTree of(KeyInput call, byte @Nullable [] generated) {
    FieldWalk walk = new FieldWalk(salt);
    walk.text("operation", call.operation());
    walk.text("client", call.delegate());
    walk.text("endpoint", call.scope().endpoint().orElse(null));
    walk.texts("vary", call.scope().vary());
    if (generated == null) {
      walk.request(call.request());
    } else {
      walk.text("modelId", call.modelId());
      walk.bytes("keyGenerator", generated);
    }
    return walk.tree(MAX_FIELDS);
  }

  /**
   * Returns the digest of those who may know of each other's calls: a user's own, whatever they
   * vary in, and the callers of shared answers that vary in nothing.
   */
  public Digest owner(CacheScope scope) {
    KeyWriter out = new KeyWriter();
    out.raw(salt);
    if (scope.user().isPresent()) {
      out.tag(KeyWriter.USER);
      out.string(scope.user().get());
    } else {
      out.tag(KeyWriter.SHARED);
      scope
          .vary()
          .forEach(
              (name, value) -> {
                out.string(name);
                out.string(value);
              });
    }
    return out.digest();
  }

  /** Returns the id of a field with a name of the service's model, which is no secret. */
  static long id(String name) {
    long hash = BASIS;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * PRIME;
    }
    return hash;
  }
}
