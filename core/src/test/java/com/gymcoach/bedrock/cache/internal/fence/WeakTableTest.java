package com.gymcoach.bedrock.cache.internal.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class WeakTableTest {
  private final WeakTable<String, Object> table = new WeakTable<>();
  private final Object value = new Object();

  private WeakTable.Entry<String, Object> entry(String key) {
    return Objects.requireNonNull(table.entries.get(key));
  }

  @Test
  void get_whenThereIsAValue_returnsItAndMakesNone() {
    assertThat(table.get("a", key -> value)).isSameAs(value);
    AtomicBoolean made = new AtomicBoolean();
    Object again =
        table.get(
            "a",
            key -> {
              made.set(true);
              return new Object();
            });
    assertThat(again).isSameAs(value);
    assertThat(made).isFalse();
    assertThat(table.getIfPresent("a")).isSameAs(value);
    assertThat(table.getIfPresent("b")).isNull();
  }

  @Test
  void get_whenAnotherCallMakesTheValueMeanwhile_returnsThatOne() {
    Object late = new Object();
    Object got =
        table.get(
            "a",
            key -> {
              table.get("a", same -> value);
              return late;
            });
    assertThat(got).isSameAs(value);
    assertThat(table.getIfPresent("a")).isSameAs(value);
  }

  @Test
  void get_whenTheValueWasCollected_makesAnother() {
    table.get("a", key -> new Object());
    entry("a").clear();
    assertThat(table.getIfPresent("a")).isNull();
    assertThat(table.get("a", key -> value)).isSameAs(value);
    assertThat(table.getIfPresent("a")).isSameAs(value);
  }

  /** The call that made its value for an empty place finds one there, and that one collected. */
  @Test
  void get_whenAnothersValueIsCollectedMeanwhile_keepsItsOwn() {
    int[] made = new int[1];
    Object got =
        table.get(
            "a",
            key -> {
              table.get("a", same -> new Object());
              entry("a").clear();
              made[0]++;
              return value;
            });
    assertThat(got).isSameAs(value);
    assertThat(table.getIfPresent("a")).isSameAs(value);
    assertThat(made[0]).isEqualTo(1);
  }

  @Test
  void get_whenValuesOfOtherKeysWereCollected_removesTheirKeys() {
    table.get("a", key -> new Object());
    table.get("b", key -> new Object());
    entry("a").enqueue();
    entry("b").enqueue();
    table.get("c", key -> value);
    assertThat(table.entries).containsOnlyKeys("c");
  }

  @Test
  void get_whenAKeysFormerValueWasCollected_keepsTheNewOne() {
    table.get("a", key -> new Object());
    WeakTable.Entry<String, Object> former = entry("a");
    former.clear();
    table.get("a", key -> value);
    former.enqueue();
    table.get("b", key -> value);
    assertThat(table.getIfPresent("a")).isSameAs(value);
  }

  @Test
  void remove_ofAnotherValueOrKey_leavesTheValue() {
    table.get("a", key -> value);
    table.remove("a", new Object());
    table.remove("b", value);
    assertThat(table.getIfPresent("a")).isSameAs(value);
    table.remove("a", value);
    assertThat(table.entries).isEmpty();
  }
}
