package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The digests under a {@link com.gymcoach.bedrock.cache.KeySecret}, and those to which its
 * invalidations also apply. Each digest is replaced by its HMAC-SHA-256 (RFC 2104); without a
 * secret it is unchanged.
 *
 * <p>Immutable and thread-safe.
 */
public final class KeyDigests {
  /** The digests without a secret. */
  public static final KeyDigests PLAIN = new KeyDigests(null, List.of());

  private static final String HMAC = "HmacSHA256";

  private final @Nullable SecretKeySpec key;
  private final List<KeyDigests> others;

  private KeyDigests(@Nullable SecretKeySpec key, List<KeyDigests> others) {
    this.key = key;
    this.others = others;
  }

  /** Returns the digests under a secret, whose bytes are copied. */
  public static KeyDigests under(byte[] secret) {
    return new KeyDigests(new SecretKeySpec(secret, HMAC), List.of());
  }

  /** Returns these digests; invalidations apply to the others too, instead of any before. */
  public KeyDigests alsoInvalidating(List<KeyDigests> others) {
    return new KeyDigests(key, List.copyOf(others));
  }

  /**
   * Returns the digests to whose entries an invalidation applies, each without its others; these
   * first.
   */
  public List<KeyDigests> invalidated() {
    return Stream.concat(Stream.of(new KeyDigests(key, List.of())), others.stream()).toList();
  }

  /** Returns the HMAC of a principal's digest. */
  public Digest ofPrincipal(Digest digest) {
    return hmac("principal", digest);
  }

  /** Returns the HMAC of a request's digest. */
  public Digest ofKey(Digest digest) {
    return hmac("key", digest);
  }

  /** Separates uses: the same digest has a different HMAC for each. */
  private Digest hmac(String use, Digest digest) {
    if (key == null) {
      return digest;
    }
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      mac.update(use.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return Digest.of(mac.doFinal(digest.bytes()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has " + HMAC, e);
    }
  }
}
