package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.LocationTrait;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamMetadataEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamMetrics;

/**
 * Members that are copied by name, from an object of an SDK that is newer than the target's: what
 * has no place there makes the copy fail, and is never dropped.
 */
class SameMembersTest {
  private final ConverseStreamMetrics.Builder metrics = ConverseStreamMetrics.builder();
  private final ConverseStreamMetadataEvent.Builder metadata =
      ConverseStreamMetadataEvent.builder();

  /** An object with members of the given names, types and values. */
  private static final class Newer implements SdkPojo {
    private final Map<String, Object> values;
    private final List<SdkField<?>> fields;

    Newer(Map<String, Object> values, SdkField<?>... fields) {
      this.values = values;
      this.fields = List.of(fields);
    }

    @Override
    public List<SdkField<?>> sdkFields() {
      return fields;
    }

    @Override
    public boolean equalsBySdkFields(Object other) {
      return this == other;
    }
  }

  private static <T> SdkField<T> field(MarshallingType<? super T> type, String name) {
    Function<Object, @Nullable T> get =
        object -> {
          @SuppressWarnings("unchecked") // the test sets it
          T value = (T) ((Newer) object).values.get(name);
          return value;
        };
    BiConsumer<Object, T> set =
        (object, value) -> {
          throw new UnsupportedOperationException();
        };
    return SdkField.<T>builder(type)
        .memberName(name)
        .getter(get)
        .setter(set)
        .traits(
            LocationTrait.builder().location(MarshallLocation.PAYLOAD).locationName(name).build())
        .build();
  }

  private static final SdkField<Long> LATENCY = field(MarshallingType.LONG, "latencyMs");
  private static final SdkField<String> QUEUED = field(MarshallingType.STRING, "queuedMs");

  private static Newer metrics(Map<String, Object> values) {
    return new Newer(values, LATENCY, QUEUED);
  }

  private static Newer metadata(Map<String, Object> metrics) {
    return new Newer(
        Map.of("metrics", metrics(metrics)), field(MarshallingType.SDK_POJO, "metrics"));
  }

  @Test
  void copy_ofMembersThatTheTargetHas_copiesThem() throws Unconvertible {
    SameMembers.copy(metrics(Map.of("latencyMs", 7L)), Set.of(), metrics);
    assertThat(metrics.build().latencyMs()).isEqualTo(7);
    SameMembers.copy(metadata(Map.of("latencyMs", 8L)), Set.of(), metadata);
    assertThat(metadata.build().metrics().latencyMs()).isEqualTo(8);
  }

  @Test
  void copy_ofAMemberThatTheTargetLacks_fails() {
    Map<String, Object> both = Map.of("latencyMs", 7L, "queuedMs", "1");
    assertThatThrownBy(() -> SameMembers.copy(metrics(both), Set.of(), metrics))
        .isInstanceOf(Unconvertible.class);
    assertThatThrownBy(() -> SameMembers.copy(metadata(both), Set.of(), metadata))
        .isInstanceOf(Unconvertible.class);
  }

  @Test
  void copy_ofAMemberThatIsExcepted_leavesItOut() throws Unconvertible {
    Map<String, Object> both = Map.of("latencyMs", 7L, "queuedMs", "1");
    SameMembers.copy(metrics(both), Set.of("queuedMs"), metrics);
    assertThat(metrics.build().latencyMs()).isEqualTo(7);
    assertThat(SameMembers.present(metrics(both), Set.of("latencyMs"))).containsExactly(QUEUED);
  }

  @Test
  void copy_ofAMemberOfAnotherType_fails() {
    Newer text = new Newer(Map.of("latencyMs", "7"), field(MarshallingType.STRING, "latencyMs"));
    assertThatThrownBy(() -> SameMembers.copy(text, Set.of(), metrics))
        .isInstanceOf(Unconvertible.class);
  }

  @Test
  void setOrBuilder_ofAMemberThatThisSdkLacks_fails() {
    assertThatThrownBy(() -> SameMembers.set(metrics, "queuedMs", "1"))
        .isInstanceOf(Unconvertible.class);
    assertThatThrownBy(() -> SameMembers.builderOf(metadata, "queue"))
        .isInstanceOf(Unconvertible.class);
  }
}
