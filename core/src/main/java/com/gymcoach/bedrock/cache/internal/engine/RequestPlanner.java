package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.sdk.BothForms;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.sdk.FieldDigests;
import com.gymcoach.bedrock.cache.internal.sdk.FieldTree;
import com.gymcoach.bedrock.cache.internal.sdk.KeyDigests;
import com.gymcoach.bedrock.cache.internal.sdk.KeyInput;
import com.gymcoach.bedrock.cache.internal.sdk.RequestCopy;
import com.gymcoach.bedrock.cache.internal.sdk.RequestKey;
import com.gymcoach.bedrock.cache.internal.sdk.RequestKeys;
import com.gymcoach.bedrock.cache.internal.sdk.RequestOverrides;
import com.gymcoach.bedrock.cache.internal.sdk.TextBatch;
import com.gymcoach.bedrock.cache.internal.tier.HotLink;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/** Decides from a call alone whether it uses the cache, and under which key. */
final class RequestPlanner {
  /** The endpoint of a scope that names none. */
  static final String DEFAULT_ENDPOINT = "default";

  private final Settings.Keys keys;
  private final Map<String, String> baseModels;
  private final GuardedPolicies policies;
  private final @Nullable KeyMemo memo;

  RequestPlanner(Settings settings, GuardedPolicies policies, @Nullable KeyMemo memo) {
    this.keys = settings.keys();
    this.baseModels = settings.policies().baseModels();
    this.policies = policies;
    this.memo = memo;
  }

  /**
   * Plans a call.
   *
   * @param rollout whether and for whom the cache is on; users already served stay served as the
   *     percentage grows
   */
  <Q extends AwsRequest, R> Plan plan(
      CallerRequest<Q, R> call, RolloutState rollout, CallRecord log) {
    if (rollout.mode() == CacheMode.OFF) {
      return new Plan.Bypass(context(call), CacheReason.SWITCHED_OFF);
    }
    CacheScope scope = call.scope();
    CacheControl control = CacheControl.of(call.request());
    if (control.directive() == CacheControl.Directive.BYPASS) {
      return new Plan.Bypass(context(call), CacheReason.BYPASS_REQUESTED);
    }
    if (scope == null) {
      Throwable failure = call.resolvedScope().failure();
      if (failure == null) {
        return new Plan.Bypass(context(call), CacheReason.SCOPE_MISSING);
      }
      log.fault(CacheFault.SCOPE_FAILED, failure);
      return new Plan.Bypass(context(call), CacheReason.SCOPE_FAILED);
    }
    if (rollout.percent() < 100 && !isIn(scope, rollout.percent())) {
      return new Plan.Bypass(context(call), CacheReason.NOT_IN_ROLLOUT);
    }
    if (!rollout.endpointsOff().isEmpty()
        && rollout.endpointsOff().contains(scope.endpoint().orElse(DEFAULT_ENDPOINT))) {
      return new Plan.Bypass(context(call), CacheReason.SWITCHED_OFF);
    }
    if (RequestOverrides.matter(call.request(), keys.ignoredOverrides())) {
      return new Plan.Bypass(context(call), CacheReason.REQUEST_OVERRIDE);
    }
    KeyMemo.Known known = memo == null ? null : memo.get(call, scope);
    CallContext context = known == null ? context(call) : known.plan().context();
    OptIns optIns =
        policies.optIns(context, call.request(), log).of(baseModels.get(context.modelId()));
    CacheReason refusal = call.operation().refusal(call.request(), optIns);
    if (refusal != null) {
      return new Plan.Bypass(context, refusal);
    }
    if (!policies.mayServe(context, call.request(), log)) {
      return new Plan.Bypass(context, CacheReason.POLICY_REQUEST);
    }
    if (known == null || known.plan().optIns().bothForms() != optIns.bothForms()) {
      known = known(call, call.request(), new Subject(context, optIns, memo != null), log);
    }
    if (known == null) {
      return new Plan.Bypass(context, CacheReason.KEY_FAILED);
    }
    if (known.volatileReference() && !optIns.volatileReferences()) {
      return new Plan.Bypass(context, CacheReason.VOLATILE_REFERENCE);
    }
    return known.plan().with(control, optIns);
  }

  /**
   * Remembers the address of a call that was answered from memory. Only hits are remembered,
   * because a request made once may never come again. The memo holds a copy of the request, and the
   * address is computed from that copy. If the caller has changed the request since, nothing is
   * remembered.
   */
  <Q extends AwsRequest, R> void remember(
      CallerRequest<Q, R> call, Plan.Lookup plan, CallRecord log) {
    CacheScope scope = call.scope();
    if (memo == null || scope == null || !plan.memorable()) {
      return;
    }
    RequestCopy copy = RequestCopy.of(call.request());
    Subject subject = new Subject(plan.context(), plan.optIns(), false);
    KeyMemo.Known known = known(call, copy.request(), subject, log);
    if (known != null && known.plan().address().equals(plan.address())) {
      memo.put(call, scope, copy, known);
    }
  }

  /**
   * Returns whether a scope's principal is in the rollout. Principals are spread evenly over the
   * first bits of their digests.
   */
  private static boolean isIn(CacheScope scope, double rolloutPercent) {
    long place = RequestKeys.principal(scope).first() >>> 1;
    return place < Long.MAX_VALUE / 100.0 * rolloutPercent;
  }

  /** Forgets a user's requests, because they hold the user's prompts. */
  void forget(CacheScope scope) {
    if (memo != null) {
      memo.forget(scope);
    }
  }

  /** Returns the context of a call. */
  static <Q extends AwsRequest, R> CallContext context(CallerRequest<Q, R> call) {
    CacheScope scope = call.scope();
    return new CallContext(
        call.operation().name(),
        call.operation().modelId(call.request()),
        scope == null ? DEFAULT_ENDPOINT : scope.endpoint().orElse(DEFAULT_ENDPOINT),
        scope != null && scope.user().isEmpty());
  }

  /**
   * Returns the plan of a request for one text of a batch. Returns null if the service's key
   * generator makes the keys: it may not tell the texts of a batch apart.
   */
  <Q extends AwsRequest, R> Plan.@Nullable Lookup part(
      CallerRequest<Q, R> part, Plan.Lookup whole, CallRecord log) {
    KeyMemo.Known known =
        keys.generator() == null
            ? known(part, part.request(), new Subject(whole.context(), whole.optIns(), false), log)
            : null;
    return known == null ? null : known.plan().with(whole.control(), whole.optIns());
  }

  /** Returns the plan for a call that could not be planned. */
  <Q extends AwsRequest, R> Plan unplanned(CallerRequest<Q, R> call) {
    return new Plan.Bypass(
        new CallContext(call.operation().name(), "", DEFAULT_ENDPOINT), CacheReason.ENGINE_FAILED);
  }

  /** Returns all partitions that hold entries of a scope. */
  List<Partition> partitions(CacheScope scope) {
    return RequestKeys.partitions(keys.namespace(), scope, keys.digests());
  }

  /**
   * Returns the partitions that may hold answers to a call or to its texts, whatever the policies
   * say now: one per secret and key. Empty if a key cannot be computed, because the partition of a
   * shared answer depends on it.
   */
  <Q extends AwsRequest, R> List<Partition> partitions(
      CallerRequest<Q, R> call, CacheScope scope, CallRecord log) {
    if (scope.user().isPresent()) {
      return partitions(scope);
    }
    Set<Partition> partitions = new LinkedHashSet<>();
    for (RequestKey plain : plainKeys(call, log)) {
      for (KeyDigests secret : keys.digests().invalidated()) {
        partitions.add(partition(scope, plain.under(secret)));
      }
    }
    return List.copyOf(partitions);
  }

  /**
   * Returns all keys under which answers to a call may be kept: a call that may share its answers
   * with the other form has two, and a batch one for each text. Empty if one cannot be computed.
   */
  private <Q extends AwsRequest, R> List<RequestKey> plainKeys(
      CallerRequest<Q, R> call, CallRecord log) {
    CallContext context = context(call);
    List<@Nullable RequestKey> all = new ArrayList<>();
    for (String operation : BothForms.keyNames(context.operation(), call.request())) {
      all.add(plainKey(call, call.request(), context, operation, log));
    }
    TextBatch<Q, ?> texts = keys.generator() == null ? batch(call) : null;
    for (int text = 0; texts != null && text < texts.size(); text++) {
      all.add(plainKey(call, texts.only(text), context, context.operation(), log));
    }
    return all.contains(null) ? List.of() : all.stream().map(Objects::requireNonNull).toList();
  }

  /** Returns the request as a batch of texts, whatever the policy says of those now. */
  private <Q extends AwsRequest, R> @Nullable TextBatch<Q, R> batch(CallerRequest<Q, R> call) {
    OptIns any = OptIns.NONE.withEmbeddingsByText(true);
    String model = baseModels.get(call.operation().modelId(call.request()));
    return call.operation().batch(call.request(), any.of(model));
  }

  /**
   * The call that a key is computed for.
   *
   * @param memorable whether the key should be remembered if an answer is found
   */
  private record Subject(CallContext context, OptIns optIns, boolean memorable) {
    /** Returns the operation's name in the key. */
    String operation() {
      return optIns.bothForms() ? BothForms.KEY_NAME : context.operation();
    }
  }

  private static CacheScope scopeOf(CallerRequest<?, ?> call) {
    return Objects.requireNonNull(call.scope());
  }

  private Partition partition(CacheScope scope, RequestKey key) {
    int shard =
        scope.user().isPresent()
            ? Partition.WHOLE
            : (int) Long.remainderUnsigned(key.digest().first(), RequestKeys.SHARDS);
    return new Partition(keys.namespace(), key.principal(), shard);
  }

  private <Q extends AwsRequest, R> KeyMemo.@Nullable Known known(
      CallerRequest<Q, R> call, AwsRequest request, Subject subject, CallRecord log) {
    CallContext context = subject.context();
    RequestKey plain = plainKey(call, request, context, subject.operation(), log);
    if (plain == null) {
      return null;
    }
    RequestKey key = plain.under(keys.digests());
    EntryAddress address =
        new EntryAddress(partition(scopeOf(call), key), context.endpoint(), key.digest());
    return new KeyMemo.Known(
        new Plan.Lookup(
            context,
            new HotLink(address),
            CacheControl.DEFAULT,
            subject.optIns(),
            subject.memorable()),
        key.volatileReference());
  }

  /** Returns the key before a secret is applied, or null if the service's key generator throws. */
  private <Q extends AwsRequest, R> @Nullable RequestKey plainKey(
      CallerRequest<Q, R> call,
      AwsRequest request,
      CallContext context,
      String operation,
      CallRecord log) {
    KeyInput material = material(call, request, context, operation);
    KeyGenerator generator = keys.generator();
    if (generator == null) {
      return RequestKeys.key(material);
    }
    try {
      byte[] own = generator.keyOf(context, material.request());
      return own == null ? RequestKeys.key(material) : RequestKeys.key(material, own);
    } catch (Throwable thrown) { // callbacks in other JVM languages can throw any Throwable
      log.fault(CacheFault.CALLBACK_FAILED, thrown);
      return null;
    }
  }

  private <Q extends AwsRequest, R> KeyInput material(
      CallerRequest<Q, R> call, AwsRequest request, CallContext context, String operation) {
    return new KeyInput(
        operation,
        call.client().key(),
        keys.namespace(),
        scopeOf(call),
        context.modelId(),
        request);
  }

  /** Returns what the key of a planned call is made of. */
  <Q extends AwsRequest, R> FieldTree fields(
      CallerRequest<Q, R> call, Plan.Lookup plan, FieldDigests digests) {
    CallContext context = plan.context();
    String operation = new Subject(context, plan.optIns(), false).operation();
    KeyInput material = material(call, call.request(), context, operation);
    KeyGenerator generator = keys.generator();
    byte[] own = null;
    try {
      own = generator == null ? null : generator.keyOf(context, material.request());
    } catch (Throwable thrown) { // it did not throw when the call was planned: all fields count
      own = null;
    }
    return digests.of(material, own);
  }
}
