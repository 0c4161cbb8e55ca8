package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.sdk.RequestKeys;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;

/**
 * Identifies who may share an answer and the use for which it was made.
 *
 * <p>Answers are shared within a scope and never between scopes. Sharing between users must be
 * requested explicitly, with {@link #shared()}. Give a scope to a client with {@link
 * CachingBedrockClient#forScope} or to one request with {@link #applyTo}; the request's scope takes
 * precedence.
 *
 * <pre>{@code
 * CacheScope german = CacheScope.user(userId).endpoint("chat").vary("locale", "de");
 * ConverseResponse response = bedrock.forScope(german).converse(request);
 *
 * cache.invalidate(CacheScope.user(userId)); // all endpoints, every vary
 * }</pre>
 *
 * <p>Immutable.
 */
public final class CacheScope {
  private static final ExecutionAttribute<CacheScope> ATTRIBUTE =
      new ExecutionAttribute<>("com.gymcoach.bedrock.cache.CacheScope");
  private static final int MAX_ID = 1024;

  private final @Nullable String user;
  private final @Nullable String endpoint;
  private final SortedMap<String, @Nullable String> vary;

  private CacheScope(
      @Nullable String user, @Nullable String endpoint, SortedMap<String, @Nullable String> vary) {
    this.user = user;
    this.endpoint = endpoint;
    this.vary = vary;
  }

  /**
   * Returns the scope of one user. The id is compared exactly, appears in keys only as a digest,
   * and is never logged.
   *
   * @throws IllegalArgumentException if the id is empty or longer than 1,024 characters
   */
  public static CacheScope user(String id) {
    if (id.isEmpty() || id.length() > MAX_ID) {
      throw new IllegalArgumentException("A user id has 1 to " + MAX_ID + " characters");
    }
    return new CacheScope(id, null, Collections.emptySortedMap());
  }

  /** Returns the scope of answers that are shared between all users. */
  public static CacheScope shared() {
    return new CacheScope(null, null, Collections.emptySortedMap());
  }

  /**
   * Returns this scope for one use of the model, such as {@code chat}. Each endpoint has its own
   * TTL and statistics and can be invalidated separately.
   *
   * @throws IllegalArgumentException unless the name matches {@code [A-Za-z0-9._-]{1,64}}
   */
  public CacheScope endpoint(String name) {
    return new CacheScope(user, Names.require("endpoint", name), vary);
  }

  /**
   * Returns this scope with a further value that the answer depends on and the request does not
   * contain, such as the locale or the version of the user's profile. Null, empty and absent are
   * three different values. An invalidation ignores these values and reaches every variant.
   */
  public CacheScope vary(String name, @Nullable String value) {
    SortedMap<String, @Nullable String> more = new TreeMap<>(vary);
    more.put(Objects.requireNonNull(name, "name"), value);
    return new CacheScope(user, endpoint, Collections.unmodifiableSortedMap(more));
  }

  /** Returns the user's id, or empty for the shared scope. */
  public Optional<String> user() {
    return Optional.ofNullable(user);
  }

  /** Returns the endpoint's name, or empty if none was given. */
  public Optional<String> endpoint() {
    return Optional.ofNullable(endpoint);
  }

  /** Returns the values added by {@link #vary(String, String)}, sorted by name. Unmodifiable. */
  public SortedMap<String, @Nullable String> vary() {
    return vary;
  }

  /** Sets this scope on the request being built. The rest of its configuration is unchanged. */
  public void applyTo(AwsRequestOverrideConfiguration.Builder configuration) {
    configuration.putExecutionAttribute(ATTRIBUTE, this);
  }

  /** Returns the request with this scope. The rest of its configuration is unchanged. */
  public <T extends AwsRequest> T applyTo(T request) {
    return RequestAttributes.with(request, ATTRIBUTE, this);
  }

  /** Returns the scope set on a request, or empty. */
  public static Optional<CacheScope> of(AwsRequest request) {
    return request
        .overrideConfiguration()
        .map(c -> c.executionAttributes().getAttribute(ATTRIBUTE));
  }

  /**
   * Returns all partitions of a store that hold entries of this scope, whatever its endpoint. A
   * user has one. The shared scope has 16, by number. Each secret that is {@linkplain
   * KeySecret#alsoInvalidates also invalidated} adds the same number again, after those under the
   * secret itself.
   *
   * <p>Part of the store SPI: use it in an implementation of {@link
   * com.gymcoach.bedrock.cache.spi.store.CacheStore} or in a tool that maintains a store, for
   * example to delete one user's entries. Applications do not need it. Which partitions it returns
   * is part of the stored format.
   *
   * @param namespace the cache's namespace
   * @param secret the cache's secret, or null if it has none
   * @throws IllegalArgumentException if no cache can have this namespace
   */
  public List<Partition> partitions(String namespace, @Nullable KeySecret secret) {
    return RequestKeys.partitions(
        Names.require("namespace", namespace),
        this,
        (secret == null ? KeySecret.none() : secret).digests());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CacheScope that
        && Objects.equals(user, that.user)
        && Objects.equals(endpoint, that.endpoint)
        && vary.equals(that.vary);
  }

  @Override
  public int hashCode() {
    // Without an array and an iterator: computed on every hit.
    int named = 31 * Objects.hashCode(user) + Objects.hashCode(endpoint);
    return vary.isEmpty() ? named : 31 * named + vary.hashCode();
  }

  /** Returns a text without the user's id and without any value of {@link #vary()}. */
  @Override
  public String toString() {
    return "CacheScope["
        + (user == null ? "shared" : "user")
        + (endpoint == null ? "" : ", endpoint=" + endpoint)
        + (vary.isEmpty() ? "" : ", vary=" + vary.keySet())
        + "]";
  }
}
