package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Computes keys. Two requests have the same key if and only if they may share an answer. They must
 * have the same principal, endpoint, {@code vary}, operation, model, region and namespace, and be
 * equal in every field except the few that cannot change an answer.
 *
 * <p>Thread-safe.
 */
public final class RequestKeys {
  // Each contains the version of the key format: entries stored with an older version are not
  // found.
  private static final String KEY = "bedrock-cache key 1";
  private static final String PRINCIPAL = "bedrock-cache principal 1";
  private static final String CLIENT = "bedrock-cache client 1";

  /**
   * The number of shards of the shared entries, which spread them over several partitions of the
   * table. Part of the stored format.
   */
  public static final int SHARDS = 16;

  private RequestKeys() {}

  /**
   * Returns all partitions of a namespace that hold entries of a scope: first those under the
   * secret itself, then those under the secrets that it also invalidates.
   */
  public static List<Partition> partitions(String namespace, CacheScope scope, KeyDigests secret) {
    Digest plain = principal(scope);
    return secret.invalidated().stream()
        .map(each -> each.ofPrincipal(plain))
        .distinct()
        .flatMap(principal -> shards(scope).mapToObj(n -> new Partition(namespace, principal, n)))
        .toList();
  }

  private static IntStream shards(CacheScope scope) {
    return scope.user().isPresent() ? IntStream.of(Partition.WHOLE) : IntStream.range(0, SHARDS);
  }

  /** Returns the digest of the user's id, or that of the principal shared by all users. */
  public static Digest principal(CacheScope scope) {
    return principal(new KeyWriter(), scope);
  }

  /**
   * Returns the key computed from every field of the request.
   *
   * @throws IllegalArgumentException if the request nests deeper than 1,000 levels and cannot have
   *     a key
   */
  public static RequestKey key(KeyInput material) {
    KeyWriter out = new KeyWriter();
    Digest principal = principal(out, material.scope());
    start(out, material);
    RequestWriter request = new RequestWriter(out);
    request.object(material.request());
    return new RequestKey(principal, out.digest(), request.volatileReference());
  }

  /**
   * Returns the key computed from a generator's bytes instead of the request's fields. It never
   * equals a key computed from fields.
   *
   * @throws IllegalArgumentException if the request nests deeper than 1,000 levels
   */
  public static RequestKey key(KeyInput material, byte[] generated) {
    KeyWriter out = new KeyWriter();
    Digest principal = principal(out, material.scope());
    start(out, material);
    out.bytes(KeyWriter.GENERATED, generated, generated.length);
    // The fields are still searched for volatile references; their digest is discarded.
    RequestWriter request = new RequestWriter(new KeyWriter());
    request.object(material.request());
    return new RequestKey(principal, out.digest(), request.volatileReference());
  }

  /** Returns the digest of a client's configuration, given as a list of texts. */
  public static Digest clientConfiguration(List<String> texts) {
    KeyWriter out = new KeyWriter();
    out.string(CLIENT);
    texts.forEach(out::string);
    return out.digest();
  }

  private static Digest principal(KeyWriter out, CacheScope scope) {
    out.string(PRINCIPAL);
    writePrincipal(out, scope);
    return out.digest();
  }

  private static void start(KeyWriter out, KeyInput material) {
    out.string(KEY);
    out.string(material.operation());
    out.string(material.delegate());
    out.string(material.namespace());
    CacheScope scope = material.scope();
    writePrincipal(out, scope);
    out.string(scope.endpoint().orElse(null));
    out.tag(KeyWriter.MAP);
    scope
        .vary()
        .forEach(
            (name, value) -> {
              out.string(name);
              out.string(value);
            });
    out.tag(KeyWriter.END);
    out.string(material.modelId());
  }

  private static void writePrincipal(KeyWriter out, CacheScope scope) {
    if (scope.user().isPresent()) {
      out.tag(KeyWriter.USER);
      out.string(scope.user().get());
    } else {
      out.tag(KeyWriter.SHARED);
    }
  }
}
