package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The answers in memory, as a call's plan lets it see them. Thread-safe. */
final class HotAnswers {
  private final HotTier hot;
  private final TimeSource time;
  private final Verification verification;

  HotAnswers(Parts parts) {
    this.hot = parts.tiers().hot();
    this.time = parts.environment().time();
    this.verification = new Verification(parts);
  }

  /** Returns the answer in memory that may be served without reading the store, or null. */
  @Nullable HotEntry servable(Plan.Lookup plan, long nanos, long epochMillis) {
    HotEntry entry = fresh(plan, nanos, epochMillis);
    return entry == null
            || verification.isDue(entry.fence(), plan.address().endpoint(), nanos, epochMillis)
        ? null
        : entry;
  }

  /** Returns the answer in memory that is fresh at a time by both clocks, or null. */
  @Nullable HotEntry fresh(Plan.Lookup plan, long nanos, long epochMillis) {
    if (plan.control().directive() == Directive.REFRESH) {
      return null;
    }
    return youngEnough(hot.get(plan.link(), nanos, epochMillis), plan);
  }

  /** Returns the answer in memory that may have expired, or null. */
  @Nullable HotEntry stale(Plan.Lookup plan) {
    return youngEnough(hot.getStale(plan.address()), plan);
  }

  /** Puts an answer read from the store into memory, unless the call must not store it. */
  void promote(Plan.Lookup plan, HotEntry entry) {
    if (plan.control().directive() != Directive.NO_STORE) {
      hot.promote(plan.address(), entry);
    }
  }

  /** Returns whether an answer is older than the call accepts. */
  boolean isTooOld(Lifetime lifetime, Plan.Lookup plan) {
    Duration limit = plan.control().maxAge().orElse(null);
    return limit != null && lifetime.age(time).compareTo(limit) > 0;
  }

  private @Nullable HotEntry youngEnough(@Nullable HotEntry entry, Plan.Lookup plan) {
    return entry == null || isTooOld(entry.lifetime(), plan) ? null : entry;
  }
}
