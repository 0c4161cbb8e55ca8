package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.cache.spi.Digest;
import com.gymcoach.bedrock.cache.spi.Partition;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes keys. Two requests have the same key if and only if one's answer may be given for the
 * other: same principal, endpoint, {@code vary}, operation, model, region and namespace, and the
 * same in every field but the few that cannot change an answer.
 *
 * <p>Safe for use by many threads.
 */
public final class RequestKeys {
  // The version of the format is part of both: what an older one stored is then not found.
  private static final String KEY = "bedrock-cache key 1";
  private static final String PRINCIPAL = "bedrock-cache principal 1";
  private static final String CLIENT = "bedrock-cache client 1";

  /**
   * How many parts the shared entries are divided into, so that they do not all live in one
   * partition of the table. Part of the stored format.
   */
  public static final int SHARDS = 16;

  private RequestKeys() {}

  /**
   * Returns all partitions of a namespace that hold entries of a scope: first those of the secret
   * itself, then those of the others that it also invalidates.
   */
  public static List<Partition> partitions(String namespace, CacheScope scope, KeySecret secret) {
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

  /** Returns the digest of the user's id alone, or that of the principal shared by all users. */
  public static Digest principal(CacheScope scope) {
    return principal(new KeyWriter(), scope);
  }

  /**
   * Returns the key made of every field of the request.
   *
   * @throws IllegalArgumentException if the request cannot have one: it nests deeper than 1,000
   *     levels
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
   * Returns the key made of what a generator said of the request, in place of its fields. It never
   * equals one made of fields.
   *
   * @throws IllegalArgumentException if the request nests deeper than 1,000 levels
   */
  public static RequestKey key(KeyInput material, byte[] generated) {
    KeyWriter out = new KeyWriter();
    Digest principal = principal(out, material.scope());
    start(out, material);
    out.bytes(KeyWriter.GENERATED, generated, generated.length);
    // What the request refers to is looked for all the same; that digest is thrown away.
    RequestWriter request = new RequestWriter(new KeyWriter());
    request.object(material.request());
    return new RequestKey(principal, out.digest(), request.volatileReference());
  }

  /** Returns the digest of a client's configuration, as texts that end by themselves. */
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
