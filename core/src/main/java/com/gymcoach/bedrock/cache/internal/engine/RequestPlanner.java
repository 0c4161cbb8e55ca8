package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.sdk.KeyMaterial;
import com.gymcoach.bedrock.cache.internal.sdk.RequestKey;
import com.gymcoach.bedrock.cache.internal.sdk.RequestKeys;
import com.gymcoach.bedrock.cache.internal.sdk.RequestOverrides;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.Digest;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.Partition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;

/** Decides from a call alone whether it goes through the cache, and under which key. */
final class RequestPlanner {
  /** The endpoint of a scope that names none. */
  static final String DEFAULT_ENDPOINT = "default";

  /**
   * How many parts the shared entries are divided into, so that they do not all live in one
   * partition of the table. Part of the stored format.
   */
  static final int SHARDS = 16;

  private final Settings settings;
  private final Callbacks callbacks;

  RequestPlanner(Settings settings, Callbacks callbacks) {
    this.settings = settings;
    this.callbacks = callbacks;
  }

  <Q extends AwsRequest, R extends AwsResponse> Plan plan(Call<Q, R> call, CallLog log) {
    CacheScope scope = call.scope();
    String endpoint = scope == null ? DEFAULT_ENDPOINT : scope.endpoint().orElse(DEFAULT_ENDPOINT);
    CallContext context =
        new CallContext(
            call.operation().name(), call.operation().modelId(call.request()), endpoint);
    CacheControl control = CacheControl.of(call.request());
    if (control.directive() == CacheControl.Directive.BYPASS) {
      return new Plan.Bypass(context, CacheReason.BYPASS_REQUESTED);
    }
    if (scope == null) {
      CacheReason why = call.scopeProblem();
      return new Plan.Bypass(context, why == null ? CacheReason.SCOPE_MISSING : why);
    }
    if (RequestOverrides.matter(call.request(), settings.ignoredOverrides())) {
      return new Plan.Bypass(context, CacheReason.REQUEST_OVERRIDE);
    }
    OptIns optIns = callbacks.optIns(context, log);
    CacheReason refusal = call.operation().refusal(call.request(), optIns);
    if (refusal != null) {
      return new Plan.Bypass(context, refusal);
    }
    if (!callbacks.mayServe(context, call.request(), log)) {
      return new Plan.Bypass(context, CacheReason.POLICY_REQUEST);
    }
    RequestKey key = key(call, scope, context, log);
    if (key == null) {
      return new Plan.Bypass(context, CacheReason.KEY_FAILED);
    }
    if (key.volatileReference() && !optIns.volatileReferences()) {
      return new Plan.Bypass(context, CacheReason.VOLATILE_REFERENCE);
    }
    EntryAddress address = new EntryAddress(partition(scope, key.digest()), endpoint, key.digest());
    return new Plan.Lookup(context, address, control, optIns);
  }

  /** Returns the plan for a call that could not be planned. */
  <Q extends AwsRequest, R extends AwsResponse> Plan unplanned(Call<Q, R> call) {
    return new Plan.Bypass(
        new CallContext(call.operation().name(), "", DEFAULT_ENDPOINT), CacheReason.ENGINE_FAILED);
  }

  /** Returns all partitions that hold entries of a scope. */
  List<Partition> partitions(CacheScope scope) {
    Digest principal = RequestKeys.principal(scope);
    if (scope.user().isPresent()) {
      return List.of(new Partition(settings.namespace(), principal, Partition.WHOLE));
    }
    List<Partition> shards = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      shards.add(new Partition(settings.namespace(), principal, shard));
    }
    return shards;
  }

  private Partition partition(CacheScope scope, Digest key) {
    int shard =
        scope.user().isPresent()
            ? Partition.WHOLE
            : (int) Long.remainderUnsigned(key.first(), SHARDS);
    return new Partition(settings.namespace(), RequestKeys.principal(scope), shard);
  }

  private <Q extends AwsRequest, R extends AwsResponse> @Nullable RequestKey key(
      Call<Q, R> call, CacheScope scope, CallContext context, CallLog log) {
    KeyMaterial material =
        new KeyMaterial(
            context.operation(),
            call.client(),
            settings.namespace(),
            scope,
            context.modelId(),
            call.request());
    KeyGenerator generator = settings.keyGenerator();
    if (generator == null) {
      return RequestKeys.key(material);
    }
    try {
      byte[] own = generator.keyOf(call.request());
      return own == null ? null : RequestKeys.key(material, own);
    } catch (RuntimeException e) {
      log.fault(CacheFault.CALLBACK_FAILED);
      return null;
    }
  }
}
