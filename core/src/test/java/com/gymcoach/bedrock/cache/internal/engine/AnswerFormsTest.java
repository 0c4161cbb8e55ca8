package com.gymcoach.bedrock.cache.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.FakeBedrock;
import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest.ResolvedScope;
import com.gymcoach.bedrock.cache.internal.call.ClientIdentity;
import com.gymcoach.bedrock.cache.internal.env.Randomness;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.HotLink;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;

/** A conversion that breaks costs a miss: the caller gets Bedrock's answer. */
class AnswerFormsTest {
  private final FakeTime time = new FakeTime();
  private final CallRecord log = new CallRecord(time);
  private final AnswerForms forms =
      new AnswerForms(
          new GuardedPolicies(
              new Settings.Policies(
                  TtlPolicy.fixed(Duration.ofHours(1)),
                  CachePolicy.standard(),
                  PriceList.none(),
                  Map.of()),
              new Randomness(() -> 0)));

  @Test
  void inForm_whenTheConversionBreaks_isAMissAndIsCounted() {
    Streamed<ConverseStreamResponse, Object> broken =
        Streamed.of(ConverseStreamResponse.builder().build(), List.of("no event"), 1);
    Partition partition = new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE);
    EntryAddress address = new EntryAddress(partition, "chat", new Digest(5, 6, 7, 8));
    HotEntry entry =
        new HotEntry(
            new Kept<>(broken, false, 1),
            Lifetime.from(time, Duration.ofHours(1), Duration.ZERO),
            new Fences(time).of(partition, "chat"),
            null,
            Double.NaN);
    CallerRequest<ConverseRequest, ConverseResponse> call =
        new CallerRequest<>(
            CacheableOperations.CONVERSE,
            FakeBedrock.ask("Plan my week"),
            new ResolvedScope(Engines.ALICE, null),
            new ClientIdentity("us-east-1", false),
            null);
    Plan.Lookup plan =
        new Plan.Lookup(
            new CallContext("Converse", "m", "chat"),
            new HotLink(address),
            CacheControl.DEFAULT,
            OptIns.NONE.withBothForms(true),
            false);
    assertThat(forms.inForm(call, plan, entry, log)).isNull();
    assertThat(log.faults()).containsExactly(CacheFault.ENGINE_FAILED);
  }
}
