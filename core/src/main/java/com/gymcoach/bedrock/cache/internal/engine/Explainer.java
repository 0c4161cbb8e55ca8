package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.Explanation;
import com.gymcoach.bedrock.cache.Explanation.Cause;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.ClientIdentity;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.sdk.FieldDigests;
import com.gymcoach.bedrock.cache.internal.sdk.FieldTree;
import com.gymcoach.bedrock.cache.internal.sdk.TextBatch;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Says why calls miss or go past the cache, from what it remembers of recent calls: digests, times
 * and names of fields. Never asks the store or Bedrock. What fails here changes no call. There is
 * none unless a service asks for it. Thread-safe.
 */
final class Explainer {
  static final Logger LOG = LoggerFactory.getLogger("com.gymcoach.bedrock.cache.explain");

  /** The most clients that are remembered; a service has one or two. */
  private static final int MAX_CLIENTS = 16;

  /** The faults after which a look-up says nothing about what the store has. */
  private static final Set<CacheFault> UNREAD =
      EnumSet.of(
          CacheFault.STORE_READ_FAILED,
          CacheFault.STORE_READ_TIMEOUT,
          CacheFault.STORE_UNAVAILABLE,
          CacheFault.STORE_BUSY,
          CacheFault.STORE_QUEUE_TIMEOUT,
          CacheFault.NO_TIME_LEFT,
          CacheFault.MARKERS_UNKNOWN);

  private final TimeSource time;
  private final Duration hotMaxAge;
  private final HotTier hot;
  private final RequestPlanner planner;
  private final AnswerForms forms;
  private final StatsRecorder recorder;
  private final RecentCalls recent;
  private final FieldDigests digests = new FieldDigests();

  /** The clients whose calls were seen: the key of a request depends on its client. */
  private final CopyOnWriteArrayList<ClientIdentity> clients = new CopyOnWriteArrayList<>();

  Explainer(Parts parts, RequestPlanner planner, AnswerForms forms, int recentCalls) {
    this.forms = forms;
    this.time = parts.environment().time();
    this.hot = parts.tiers().hot();
    this.hotMaxAge =
        hot.maxBytes() == 0 ? Lifetime.MAX_DURATION : parts.settings().tiers().hotMaxAge();
    this.planner = planner;
    this.recorder = parts.recorder();
    this.recent = new RecentCalls(recentCalls);
    hot.tellEvictions(this::evicted);
  }

  /** Returns whether a look-up with these faults says nothing about what the store has. */
  static boolean isUnread(Set<CacheFault> faults) {
    return faults.stream().anyMatch(UNREAD::contains);
  }

  /** Starts to explain a call that memory did not answer. */
  ExplainedCall begin(CallerRequest<?, ?> call) {
    saw(call.client());
    return new ExplainedCall(this, call, false);
  }

  private void saw(ClientIdentity client) {
    if (!clients.contains(client)) {
      if (clients.size() >= MAX_CLIENTS) {
        clients.remove(0);
      }
      clients.add(client);
    }
  }

  /** Returns what a call's key is made of. */
  <Q extends AwsRequest, R> FieldTree fields(CallerRequest<Q, R> call, Plan.Lookup plan) {
    return planner.fields(call, plan, digests);
  }

  /** Returns what is remembered of an address, which becomes the latest one. */
  RecentCall remember(EntryAddress address, CacheScope scope, FieldTree fields) {
    return recent.at(address, digests.owner(scope), fields);
  }

  /** Notes that an answer is kept from now on. */
  void kept(RecentCall call, Lifetime lifetime, Fence fence, boolean inMemory) {
    call.kept(time, lifetime, fence, inMemory ? hotMaxAge : Lifetime.MAX_DURATION);
  }

  Instant now() {
    return time.now();
  }

  /** Explains a call that went past the cache. */
  Explanation bypassed(CallContext context, @Nullable CacheReason reason) {
    return explanation(context, Cause.BYPASSED, reason, null);
  }

  /**
   * Explains a call that neither memory nor the store could answer.
   *
   * @param faults the faults of its look-up
   */
  Explanation missed(Plan.Lookup plan, CacheScope scope, FieldTree fields, Set<CacheFault> faults) {
    RecentCall same = recent.get(plan.address());
    RecentCall.Fate fate = same == null ? null : same.fate(time);
    Instant keptSince = same == null ? null : same.keptSince();
    boolean unread = isUnread(faults);
    if (fate != null && !(unread && fate.cause() == Cause.EVICTED)) {
      return explanation(plan.context(), fate.cause(), fate.reason(), fate.at());
    }
    if (same != null && keptSince != null && isTooOld(same, plan)) {
      return explanation(plan.context(), Cause.TOO_OLD, null, keptSince);
    }
    if (unread) {
      return explanation(plan.context(), Cause.STORE_UNREAD, null, null);
    }
    if (keptSince != null) {
      return explanation(plan.context(), Cause.UNKNOWN, null, keptSince);
    }
    NearestRequest nearest = NearestRequest.of(fields, digests.owner(scope), recent.all());
    return nearest == null
        ? explanation(plan.context(), Cause.NOT_SEEN, null, null)
        : new Explanation(
            plan.context(),
            time.now(),
            Cause.DIFFERS,
            null,
            nearest.keptSince(),
            nearest.paths(fields));
  }

  private boolean isTooOld(RecentCall kept, Plan.Lookup plan) {
    Duration limit = plan.control().maxAge().orElse(null);
    return limit != null && kept.isOlderThan(limit, time);
  }

  private Explanation explanation(
      CallContext context, Cause cause, @Nullable CacheReason reason, @Nullable Instant since) {
    return new Explanation(context, time.now(), cause, reason, since, List.of());
  }

  /** Keeps what was said of a call, to be asked for later. */
  void tell(CacheScope scope, Explanation what) {
    recent.tell(digests.owner(scope), what);
  }

  /** Returns what was said of a scope's recent calls, latest first. */
  List<Explanation> told(CacheScope scope) {
    return recent.toldTo(digests.owner(scope), scope.endpoint().orElse(null));
  }

  /**
   * Explains a call that is not made. Its key depends on its client, which is not named: of the
   * clients that have made calls, the one with the best explanation counts.
   */
  <Q extends AwsRequest, R> Explanation explain(CallerRequest<Q, R> call, RolloutState rollout) {
    return clients.stream()
        .map(client -> explainOne(call.by(client), rollout))
        .min(Comparator.comparingInt(Explainer::rank))
        .orElseGet(() -> explainOne(call, rollout));
  }

  private <Q extends AwsRequest, R> Explanation explainOne(
      CallerRequest<Q, R> call, RolloutState rollout) {
    CallRecord log = new CallRecord(time);
    Plan plan = planner.plan(call, rollout, log);
    if (plan instanceof Plan.Bypass bypass) {
      return bypassed(bypass.context(), bypass.reason());
    }
    Plan.Lookup lookup = (Plan.Lookup) plan;
    if (rollout.observes()) {
      return bypassed(lookup.context(), null);
    }
    if (lookup.control().directive() == Directive.REFRESH) {
      return bypassed(lookup.context(), CacheReason.REFRESH_REQUESTED);
    }
    Explanation byText = explainTexts(call, lookup, log);
    return byText == null ? explainOne(call, lookup, log) : byText;
  }

  /**
   * Explains a batch of texts that are cached one by one by the first of them that is not cached.
   * Returns null if the call is no such batch.
   */
  private <Q extends AwsRequest, R> @Nullable Explanation explainTexts(
      CallerRequest<Q, R> call, Plan.Lookup whole, CallRecord log) {
    TextBatch<Q, R> texts = call.operation().batch(call.request(), whole.optIns());
    Explanation cached = null;
    for (int text = 0; texts != null && text < texts.size(); text++) {
      CallerRequest<Q, R> part = call.with(texts.only(text));
      Plan.Lookup plan = planner.part(part, whole, log);
      cached = plan == null ? null : explainOne(part, plan, log);
      if (cached == null || cached.cause() != Cause.CACHED) {
        return cached;
      }
    }
    return cached;
  }

  private <Q extends AwsRequest, R> Explanation explainOne(
      CallerRequest<Q, R> call, Plan.Lookup lookup, CallRecord log) {
    HotEntry held = hot.peek(lookup.address(), time.nanoTime(), time.epochMillis());
    Duration limit = lookup.control().maxAge().orElse(null);
    if (held != null && (limit == null || held.lifetime().age(time).compareTo(limit) <= 0)) {
      return lookup.optIns().bothForms() && forms.inForm(call, lookup, held, log) == null
          ? bypassed(lookup.context(), CacheReason.OTHER_FORM)
          : explanation(lookup.context(), Cause.CACHED, null, held.lifetime().created());
    }
    return missed(lookup, Objects.requireNonNull(call.scope()), fields(call, lookup), Set.of());
  }

  /** Returns how far an explanation is from an answer. */
  private static int rank(Explanation explanation) {
    return switch (explanation.cause()) {
      case CACHED -> 0;
      case DIFFERS -> 2 + explanation.paths().size();
      case NOT_SEEN -> Integer.MAX_VALUE;
      default -> 1;
    };
  }

  /** Notes that an answer was evicted. Runs within the memory tier. */
  private void evicted(EntryAddress address) {
    try {
      RecentCall call = recent.get(address);
      if (call != null) {
        call.evicted(time.now());
      }
    } catch (Throwable broken) {
      // such as a stack overflow: the tier must go on, and an explanation says UNKNOWN
    }
  }

  /** Notes that partitions were invalidated, or one endpoint in them. */
  void invalidated(Collection<Partition> partitions, @Nullable String endpoint) {
    try {
      for (RecentCall call : recent.all()) {
        EntryAddress address = call.address();
        if (partitions.contains(address.partition())
            && (endpoint == null || endpoint.equals(address.endpoint()))) {
          call.invalidated(time.now());
        }
      }
    } catch (Throwable broken) { // the invalidation must go on
      failed(broken);
    }
  }

  /** Forgets all calls. */
  void forget() {
    recent.clear();
  }

  /** Notes that an explanation failed, which changes no call. */
  void failed(Throwable broken) {
    try {
      recorder.noted("explaining a call", broken);
    } catch (Throwable unloggable) {
      // not even logged: the call matters more
    }
  }
}
