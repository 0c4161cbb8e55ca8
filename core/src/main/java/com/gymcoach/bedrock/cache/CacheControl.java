package com.gymcoach.bedrock.cache;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;

/**
 * A cache directive for one request.
 *
 * <p>Set it on a request that exists, or on one that is being built:
 *
 * <pre>{@code
 * ConverseRequest fresh = CacheControl.REFRESH.applyTo(request); // asks Bedrock, keeps the answer
 * ConverseRequest recent = CacheControl.maxAge(Duration.ofMinutes(5)).applyTo(request);
 * ConverseRequest uncached =
 *     ConverseRequest.builder()
 *         .modelId(modelId)
 *         .overrideConfiguration(CacheControl.BYPASS::applyTo)
 *         .build();
 * }</pre>
 *
 * <p>Immutable.
 */
public final class CacheControl {
  private static final ExecutionAttribute<CacheControl> ATTRIBUTE =
      new ExecutionAttribute<>("com.gymcoach.bedrock.cache.CacheControl");

  /** The default: a request without a directive behaves the same. */
  public static final CacheControl DEFAULT = new CacheControl(Directive.DEFAULT, null);

  /** Call Bedrock, and neither read nor change the cache. */
  public static final CacheControl BYPASS = new CacheControl(Directive.BYPASS, null);

  /** Call Bedrock, and replace the cached answer. */
  public static final CacheControl REFRESH = new CacheControl(Directive.REFRESH, null);

  /** Serve a cached answer, but do not cache a new one. */
  public static final CacheControl NO_STORE = new CacheControl(Directive.NO_STORE, null);

  /**
   * Do not call Bedrock: throw {@link CacheMissException} if no answer is cached, or if the call
   * would bypass the cache. Ignored while the cache is off, closed or only observing.
   */
  public static final CacheControl ONLY_IF_CACHED =
      new CacheControl(Directive.ONLY_IF_CACHED, null);

  /**
   * The default, and say why if the call misses or bypasses the cache: in {@link
   * CacheOutcome#explanation()}, and in a DEBUG line of the logger {@code
   * com.gymcoach.bedrock.cache.explain}. Has no effect unless {@link BedrockCacheBuilder#explains}
   * is set.
   */
  public static final CacheControl EXPLAIN = DEFAULT.withExplanation();

  /** The possible directives; a request has one. */
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
  private final boolean explained;

  private CacheControl(Directive directive, @Nullable Duration maxAge) {
    this(directive, maxAge, false);
  }

  private CacheControl(Directive directive, @Nullable Duration maxAge, boolean explained) {
    this.directive = directive;
    this.maxAge = maxAge;
    this.explained = explained;
  }

  /** Returns the default directive with a limit on the age of a cached answer. */
  public static CacheControl maxAge(Duration maxAge) {
    return DEFAULT.withMaxAge(maxAge);
  }

  /**
   * Returns this directive with a limit on the age of a cached answer.
   *
   * @throws IllegalArgumentException if the age is negative
   */
  public CacheControl withMaxAge(Duration maxAge) {
    if (maxAge.isNegative()) {
      throw new IllegalArgumentException("maxAge is " + maxAge + ": choose zero or more");
    }
    return new CacheControl(directive, maxAge, explained);
  }

  /** Returns this directive with an explanation, as {@link #EXPLAIN} asks for it. */
  public CacheControl withExplanation() {
    return new CacheControl(directive, maxAge, true);
  }

  /** Returns the directive. */
  public Directive directive() {
    return directive;
  }

  /** Returns the maximum age of a cached answer, or empty for no limit. */
  public Optional<Duration> maxAge() {
    return Optional.ofNullable(maxAge);
  }

  /** Returns whether the caller asks why a call misses or bypasses the cache. */
  public boolean explained() {
    return explained;
  }

  /** Sets this directive on the request being built. The rest of its configuration is unchanged. */
  public void applyTo(AwsRequestOverrideConfiguration.Builder configuration) {
    configuration.putExecutionAttribute(ATTRIBUTE, this);
  }

  /** Returns the request with this directive. The rest of its configuration is unchanged. */
  public <T extends AwsRequest> T applyTo(T request) {
    return RequestAttributes.with(request, ATTRIBUTE, this);
  }

  /** Returns the directive set on a request, or {@link #DEFAULT} if it has none. */
  public static CacheControl of(AwsRequest request) {
    return request
        .overrideConfiguration()
        .map(c -> c.executionAttributes().getAttribute(ATTRIBUTE))
        .orElse(DEFAULT);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other // as for most calls, each of which is compared
        || (other instanceof CacheControl that
            && directive == that.directive
            && explained == that.explained
            && Objects.equals(maxAge, that.maxAge));
  }

  @Override
  public int hashCode() {
    return Objects.hash(directive, maxAge, explained);
  }

  @Override
  public String toString() {
    return directive
        + (maxAge == null ? "" : ", maxAge=" + maxAge)
        + (explained ? ", explained" : "");
  }
}
