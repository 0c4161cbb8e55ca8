package com.gymcoach.bedrock.cache;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;

/**
 * What one request asks of the cache.
 *
 * <p>Give it to the request being built, {@code
 * .overrideConfiguration(CacheControl.REFRESH::applyTo)}, or to one that is there, {@code
 * CacheControl.REFRESH.applyTo(request)}.
 *
 * <p>Immutable.
 */
public final class CacheControl {
  private static final ExecutionAttribute<CacheControl> ATTRIBUTE =
      new ExecutionAttribute<>("com.gymcoach.bedrock.cache.CacheControl");

  /** Nothing special: what a request without a directive gets. */
  public static final CacheControl DEFAULT = new CacheControl(Directive.DEFAULT, null);

  /** Go to Bedrock, and neither read the cache nor change it. */
  public static final CacheControl BYPASS = new CacheControl(Directive.BYPASS, null);

  /** Go to Bedrock, and keep the answer in place of the one kept so far. */
  public static final CacheControl REFRESH = new CacheControl(Directive.REFRESH, null);

  /** Take an answer that is kept, but do not keep a new one. */
  public static final CacheControl NO_STORE = new CacheControl(Directive.NO_STORE, null);

  /**
   * Do not go to Bedrock: throw {@link CacheMissException} where no answer is kept, or the call
   * would go past the cache. A cache that is off, closed, or only observes takes no notice of it.
   */
  public static final CacheControl ONLY_IF_CACHED =
      new CacheControl(Directive.ONLY_IF_CACHED, null);

  /** The directives, of which a request has one. */
  public enum Directive {
    /** See {@link CacheControl#DEFAULT}. */
    DEFAULT,
    /** See {@link CacheControl#BYPASS}. */
    BYPASS,
    /** See {@link CacheControl#REFRESH}. */
    REFRESH,
    /** See {@link CacheControl#NO_STORE}. */
    NO_STORE,
    /** See {@link CacheControl#ONLY_IF_CACHED}. */
    ONLY_IF_CACHED
  }

  private final Directive directive;
  private final @Nullable Duration maxAge;

  private CacheControl(Directive directive, @Nullable Duration maxAge) {
    this.directive = directive;
    this.maxAge = maxAge;
  }

  /** Returns the directive to take no answer older than this, and otherwise as usual. */
  public static CacheControl maxAge(Duration maxAge) {
    return DEFAULT.withMaxAge(maxAge);
  }

  /**
   * Returns this directive with a limit on the age of an answer from the cache.
   *
   * @throws IllegalArgumentException if the age is negative
   */
  public CacheControl withMaxAge(Duration maxAge) {
    if (maxAge.isNegative()) {
      throw new IllegalArgumentException("maxAge is " + maxAge + ": choose zero or more");
    }
    return new CacheControl(directive, maxAge);
  }

  /** Returns the directive. */
  public Directive directive() {
    return directive;
  }

  /** Returns the age that an answer from the cache must not exceed, or empty for no limit. */
  public Optional<Duration> maxAge() {
    return Optional.ofNullable(maxAge);
  }

  /** Gives this directive to the request being built; what else its configuration holds stays. */
  public void applyTo(AwsRequestOverrideConfiguration.Builder configuration) {
    configuration.putExecutionAttribute(ATTRIBUTE, this);
  }

  /** Returns the request with this directive; what else its configuration holds stays. */
  public <T extends AwsRequest> T applyTo(T request) {
    return RequestAttributes.with(request, ATTRIBUTE, this);
  }

  /** Returns the directive that a request carries, {@link #DEFAULT} where it has none. */
  public static CacheControl of(AwsRequest request) {
    return request
        .overrideConfiguration()
        .map(c -> c.executionAttributes().getAttribute(ATTRIBUTE))
        .orElse(DEFAULT);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CacheControl that
        && directive == that.directive
        && Objects.equals(maxAge, that.maxAge);
  }

  @Override
  public int hashCode() {
    return Objects.hash(directive, maxAge);
  }

  @Override
  public String toString() {
    return directive + (maxAge == null ? "" : ", maxAge=" + maxAge);
  }
}
