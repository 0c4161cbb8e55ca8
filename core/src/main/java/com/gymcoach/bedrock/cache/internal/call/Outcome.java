package com.gymcoach.bedrock.cache.internal.call;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.Explanation;
import com.gymcoach.bedrock.cache.internal.sdk.TaggedHttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkResponse;

/**
 * The outcome of a call, and its form as a {@code Cache-Status} header.
 *
 * <p>Immutable.
 */
public final class Outcome implements CacheOutcome {
  private static final String MEMBER = "bedrock-cache";
  private static final long NOT_KEPT = Integer.MIN_VALUE;
  private static final Outcome UNTAGGED =
      new Outcome(Status.BYPASS, CacheSource.BEDROCK, 0, NOT_KEPT, Where.NOWHERE, null);

  /** The places in which a call's answer was put. */
  private enum Where {
    NOWHERE,
    MEMORY,
    STORE,
    BOTH;

    static Where of(boolean kept, boolean stored) {
      if (kept) {
        return stored ? BOTH : MEMORY;
      }
      return stored ? STORE : NOWHERE;
    }
  }

  private final Status status;
  private final CacheSource source;
  private final int ageSeconds;
  private final int ttlSeconds;
  private final Where where;
  private final @Nullable CacheReason reason;
  private final @Nullable Explanation explanation;
  private final boolean converted;

  private Outcome(
      Status status,
      CacheSource source,
      long ageSeconds,
      long ttlSeconds,
      Where where,
      @Nullable CacheReason reason) {
    this.status = status;
    this.source = source;
    this.ageSeconds = Math.toIntExact(ageSeconds);
    this.ttlSeconds = Math.toIntExact(ttlSeconds);
    this.where = where;
    this.reason = reason;
    this.explanation = null;
    this.converted = false;
  }

  private Outcome(Outcome from, boolean converted, @Nullable Explanation explanation) {
    this.status = from.status;
    this.source = from.source;
    this.ageSeconds = from.ageSeconds;
    this.ttlSeconds = from.ttlSeconds;
    this.where = from.where;
    this.reason = from.reason;
    this.converted = converted;
    this.explanation = explanation;
  }

  /** Returns an outcome with an explanation. */
  public static CacheOutcome explained(CacheOutcome outcome, Explanation explanation) {
    return outcome instanceof Outcome ours
        ? new Outcome(ours, ours.converted, explanation)
        : outcome;
  }

  /** Returns the outcome of a hit whose answer was converted from the other form. */
  public static Outcome converted(CacheOutcome hit) {
    Outcome ours = (Outcome) hit;
    return new Outcome(ours, true, ours.explanation);
  }

  /** Returns the outcome of a call answered from the cache. Both times are in whole seconds. */
  public static Outcome hit(CacheSource source, long age, long ttl) {
    return new Outcome(Status.HIT, source, age, ttl, Where.NOWHERE, null);
  }

  /**
   * Returns the outcome of a call answered from the cache with an answer whose TTL had passed.
   *
   * @param overdue how many seconds ago the TTL passed
   * @param why the answer was served nevertheless
   */
  public static Outcome stale(CacheSource source, long age, long overdue, CacheReason why) {
    return new Outcome(Status.HIT, source, age, -overdue, Where.NOWHERE, why);
  }

  /** Returns the outcome of a call answered by a leader's call to Bedrock. */
  public static Outcome coalesced() {
    return new Outcome(
        Status.COALESCED, CacheSource.HOT, 0, NOT_KEPT, Where.NOWHERE, CacheReason.ABSENT);
  }

  /**
   * Returns the outcome of a call that went to Bedrock.
   *
   * @param kept whether the answer was kept in memory
   * @param stored whether the store acknowledged that it holds the answer
   * @param ttl how long the answer may be served, if it was kept or stored
   */
  public static Outcome miss(CacheReason why, boolean kept, boolean stored, Duration ttl) {
    Where where = Where.of(kept, stored);
    return new Outcome(
        Status.MISS,
        CacheSource.BEDROCK,
        0,
        where == Where.NOWHERE ? NOT_KEPT : ttl.toSeconds(),
        where,
        why);
  }

  /**
   * Returns the outcome of a call that went to Bedrock and whose answer was neither kept nor
   * stored.
   */
  public static Outcome miss(CacheReason why) {
    return miss(why, false, false, Duration.ZERO);
  }

  /** Returns the outcome of a call that bypassed the cache. */
  public static Outcome bypass(CacheReason why) {
    return new Outcome(Status.BYPASS, CacheSource.BEDROCK, 0, NOT_KEPT, Where.NOWHERE, why);
  }

  /** Returns the outcome that a response carries, or a bypass without a reason if it has none. */
  public static CacheOutcome of(SdkResponse response) {
    if (response.sdkHttpResponse() instanceof TaggedHttpResponse tagged) {
      return tagged.outcome();
    }
    if (response.sdkHttpResponse() == null) {
      return UNTAGGED;
    }
    List<String> values = response.sdkHttpResponse().matchingHeaders(HEADER);
    for (int i = values.size() - 1; i >= 0; i--) {
      String value = values.get(i);
      if (value.equals(MEMBER) || value.startsWith(MEMBER + ";")) {
        return parse(value);
      }
    }
    return UNTAGGED;
  }

  @Override
  public Status status() {
    return status;
  }

  @Override
  public CacheSource source() {
    return source;
  }

  @Override
  public Duration age() {
    return Duration.ofSeconds(ageSeconds);
  }

  @Override
  public Optional<Duration> ttl() {
    return ttlSeconds == NOT_KEPT ? Optional.empty() : Optional.of(Duration.ofSeconds(ttlSeconds));
  }

  @Override
  public boolean kept() {
    return where == Where.MEMORY || where == Where.BOTH;
  }

  @Override
  public boolean stored() {
    return where == Where.STORE || where == Where.BOTH;
  }

  @Override
  public boolean stale() {
    return status == Status.HIT && reason != null;
  }

  @Override
  public boolean converted() {
    return converted;
  }

  @Override
  public boolean cached() {
    return status == Status.HIT || status == Status.COALESCED;
  }

  @Override
  public Optional<CacheReason> reason() {
    return Optional.ofNullable(reason);
  }

  @Override
  public Optional<Explanation> explanation() {
    return Optional.ofNullable(explanation);
  }

  @Override
  public String headerValue() {
    StringBuilder value = new StringBuilder(MEMBER);
    switch (status) {
      case HIT -> value.append("; hit");
      case COALESCED -> value.append("; fwd=miss; collapsed");
      case MISS ->
          value.append(reason == CacheReason.REFRESH_REQUESTED ? "; fwd=request" : "; fwd=miss");
      case BYPASS -> value.append("; fwd=bypass");
    }
    if (stored()) {
      value.append("; stored");
    }
    if (kept()) {
      value.append("; kept"); // RFC 9211 has no parameter for this and allows extensions
    }
    if (ttlSeconds != NOT_KEPT) {
      value.append("; ttl=").append(ttlSeconds);
    }
    if (status == Status.HIT) {
      value.append("; age=").append(ageSeconds);
      if (converted) {
        value.append("; converted"); // an extension, as "kept" is
      }
      value.append("; detail=").append(source.name());
      if (reason != null) {
        value.append('.').append(reason.name());
      }
    } else if (reason != null) {
      value.append("; detail=").append(reason.name());
    }
    return value.toString();
  }

  private static Outcome parse(String header) {
    Status status = Status.BYPASS;
    long age = 0;
    long ttl = NOT_KEPT;
    boolean stored = false;
    boolean kept = false;
    boolean converted = false;
    String detail = null;
    for (String parameter : header.split(";", -1)) {
      String[] pair = parameter.strip().split("=", 2);
      String value = pair.length == 2 ? pair[1] : "";
      switch (pair[0]) {
        case "hit" -> status = Status.HIT;
        case "fwd" -> status = value.equals("bypass") ? Status.BYPASS : Status.MISS;
        case "collapsed" -> status = Status.COALESCED;
        case "stored" -> stored = true;
        case "kept" -> kept = true;
        case "converted" -> converted = true;
        case "ttl" -> ttl = seconds(value);
        case "age" -> age = seconds(value);
        case "detail" -> detail = value;
        default -> {} // RFC 9211: unknown parameters are ignored
      }
    }
    return switch (status) {
      case HIT -> converted ? converted(hitOf(detail, age, ttl)) : hitOf(detail, age, ttl);
      case COALESCED -> coalesced();
      case MISS, BYPASS ->
          new Outcome(
              status, CacheSource.BEDROCK, age, ttl, Where.of(kept, stored), reasonOf(detail));
    };
  }

  private static long seconds(String text) {
    return text.matches("-?[0-9]{1,9}") ? Long.parseLong(text) : 0;
  }

  private static Outcome hitOf(@Nullable String detail, long age, long ttl) {
    String[] parts = detail == null ? new String[] {""} : detail.split("\\.", 2);
    CacheReason why = parts.length == 2 ? reasonOf(parts[1]) : null;
    return why == null
        ? hit(sourceOf(parts[0]), age, Math.max(0, ttl))
        : stale(sourceOf(parts[0]), age, ttl == NOT_KEPT ? 0 : Math.max(0, -ttl), why);
  }

  private static CacheSource sourceOf(@Nullable String name) {
    return CacheSource.WARM.name().equals(name) ? CacheSource.WARM : CacheSource.HOT;
  }

  private static @Nullable CacheReason reasonOf(@Nullable String name) {
    for (CacheReason reason : CacheReason.values()) {
      if (reason.name().equals(name)) {
        return reason;
      }
    }
    return null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Outcome that && headerValue().equals(that.headerValue());
  }

  @Override
  public int hashCode() {
    return Objects.hash(status, source, reason);
  }

  @Override
  public String toString() {
    return switch (status) {
      case HIT ->
          String.format(Locale.ROOT, "HIT from %s, %d s old", source, ageSeconds)
              + (converted ? ", converted" : "")
              + (reason == null ? "" : ", " + reason);
      case COALESCED -> "COALESCED";
      case MISS -> "MISS, " + reason + (kept() ? ", kept" : "") + (stored() ? ", stored" : "");
      case BYPASS -> "BYPASS" + (reason == null ? "" : ", " + reason);
    };
  }
}
