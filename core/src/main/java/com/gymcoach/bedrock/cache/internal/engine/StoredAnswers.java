package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.Explanation.Cause;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.sdk.BothForms;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Turns an entry of the store into an answer, or refuses it: it may be unreadable, invalidated, too
 * old, or from a clock that is wrong. Thread-safe.
 */
final class StoredAnswers {
  private final TimeSource time;
  private final PriceList prices;
  private final Fences fences;
  private final HotAnswers hot;
  private final AnswerForms forms;

  StoredAnswers(Parts parts, HotAnswers hot, AnswerForms forms) {
    this.time = parts.environment().time();
    this.prices = parts.settings().policies().prices();
    this.fences = parts.fences();
    this.hot = hot;
    this.forms = forms;
  }

  /** Returns the answer, fresh or stale, and puts it into memory. Returns null if it is refused. */
  <Q extends AwsRequest, R> @Nullable Found open(
      Exchange<Q, R> exchange, WarmTier tier, Fences.Observation seen, byte @Nullable [] bytes) {
    Markers inForce = seen.markers();
    if (bytes == null || inForce == null) {
      return null;
    }
    try {
      Envelope envelope = tier.open(exchange.address(), bytes, exchange.log());
      Lifetime lifetime = envelope == null ? null : lifetime(exchange, envelope, inForce);
      if (envelope == null || lifetime == null) {
        return null;
      }
      HotEntry sent = entry(exchange, envelope, lifetime, seen.fence());
      exchange.rememberKept(lifetime, seen.fence(), true);
      hot.promote(exchange.lookup(), sent);
      HotEntry entry = forms.inForm(exchange, sent);
      return entry == null ? null : new Found(entry, CacheSource.WARM);
    } catch (IOException | RuntimeException | Error unreadable) {
      exchange.log().fault(CacheFault.ENTRY_UNREADABLE, unreadable);
      return null;
    }
  }

  /** Returns the rest of an entry's lifetime, or null if it must not be served. */
  private <Q extends AwsRequest, R> @Nullable Lifetime lifetime(
      Exchange<Q, R> exchange, Envelope envelope, Markers inForce) {
    if (fences.unacknowledged().mayOutdate(envelope.created())
        || !fences.admits(envelope.markers(), inForce)) {
      exchange.rememberUnserved(Cause.INVALIDATED, null);
      return null;
    }
    if (writer(exchange, envelope) == null) {
      exchange.log().fault(CacheFault.ENTRY_UNREADABLE);
      return null;
    }
    if (Lifetime.isFromTheFuture(time, envelope.created())) {
      exchange.log().fault(CacheFault.CLOCK_SKEW);
      return null;
    }
    Lifetime lifetime =
        Lifetime.resumed(time, envelope.created(), envelope.expires(), envelope.retainUntil());
    if (!lifetime.isRetained(time)) {
      exchange.rememberUnserved(Cause.EXPIRED, lifetime.expires());
      return null;
    }
    if (hot.isTooOld(lifetime, exchange.lookup())) {
      exchange.rememberUnserved(Cause.TOO_OLD, lifetime.created());
      return null;
    }
    return lifetime;
  }

  private <Q extends AwsRequest, R> HotEntry entry(
      Exchange<Q, R> exchange, Envelope envelope, Lifetime lifetime, Fence fence)
      throws IOException {
    CacheableOperation<?, ?> writer = Objects.requireNonNull(writer(exchange, envelope));
    return entry(writer, exchange.context(), envelope, new Life(lifetime, fence));
  }

  private static <Q extends AwsRequest, R> @Nullable CacheableOperation<?, ?> writer(
      Exchange<Q, R> exchange, Envelope envelope) {
    return BothForms.writer(exchange.operation(), exchange.optIns(), envelope.codec());
  }

  /** How long and under which fence an entry may be served. */
  private record Life(Lifetime lifetime, Fence fence) {}

  private <R> HotEntry entry(
      CacheableOperation<?, R> writer, CallContext context, Envelope envelope, Life life)
      throws IOException {
    Kept<R> answer = writer.kept(writer.decode(envelope.payload()));
    TokenUsage usage = envelope.usage();
    double usd = StatsRecorder.usd(prices, context, writer, answer.response(), usage);
    return new HotEntry(answer, life.lifetime(), life.fence(), usage, usd);
  }
}
