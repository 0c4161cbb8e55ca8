package com.gymcoach.bedrock.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rows that the library ships are the prices of its JSON. */
class PriceTableTest {
  private static final PriceTier[] TIERS = {
    PriceTier.STANDARD,
    PriceTier.LATENCY_OPTIMIZED,
    PriceTier.BATCH,
    PriceTier.FLEX,
    PriceTier.PRIORITY
  };

  private static InputStream resource(String name) {
    return Objects.requireNonNull(PriceList.class.getResourceAsStream(name), name);
  }

  private static PriceList json() throws IOException {
    try (InputStream in = resource("prices.json")) {
      return PriceList.read(in);
    }
  }

  private static String cell(@Nullable ModelPrice price) {
    return price == null
        ? ""
        : price.input()
            + ","
            + price.output()
            + ","
            + text(price.cacheRead())
            + ","
            + text(price.cacheWrite());
  }

  private static String text(@Nullable Double rate) {
    return rate == null ? "" : rate.toString();
  }

  private static String row(String id, PriceList.Entry entry) {
    StringBuilder row = new StringBuilder(id);
    for (PriceTier tier : TIERS) {
      row.append('\t').append(cell(entry.tiers().get(tier)));
    }
    row.append('\t').append(cell(entry.longContext())).append('\t');
    return row.append(entry.longContext() == null ? "" : entry.above()).append('\n').toString();
  }

  /** If this fails after a price has changed, its message has the new content of the file. */
  @Test
  void shippedRows_areThePricesOfTheJson() throws IOException {
    PriceList json = json();
    StringBuilder rows = new StringBuilder();
    rows.append(json.date()).append('\t').append(json.storeUsd(1e6, 0));
    rows.append('\t').append(json.storeUsd(0, 1e6)).append('\n');
    for (String id : new TreeSet<>(json.modelIds())) {
      rows.append(row(id, Objects.requireNonNull(json.entry(id))));
    }
    try (InputStream in = resource("prices.tsv")) {
      assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo(rows.toString());
    }
  }

  @Test
  void standard_hasEveryEntryOfTheJson() throws IOException {
    PriceList json = json();
    PriceList standard = PriceList.standard();
    assertThat(standard.modelIds()).isEqualTo(json.modelIds());
    for (String id : json.modelIds()) {
      assertThat(standard.entry(id)).as(id).isEqualTo(json.entry(id));
    }
  }

  @Test
  void get_whenARowsModelGetsAnotherPrice_returnsThat() {
    PriceList.Entry other = PriceList.Entry.of(ModelPrice.of(1, 2));
    PriceTable rows = PriceTable.ofRows("m\t3.0,4.0,,\t\t\t\t\t\t\nn\t5.0,6.0,,\t\t\t\t\t\t\n");
    assertThat(rows.get("m")).isEqualTo(PriceList.Entry.of(ModelPrice.of(3, 4)));
    PriceTable changed = rows.with("m", other).with("o", other);
    assertThat(changed.get("m")).isEqualTo(other);
    assertThat(changed.get("n")).isEqualTo(PriceList.Entry.of(ModelPrice.of(5, 6)));
    assertThat(changed.get("p")).isNull();
    assertThat(changed.ids()).containsExactlyInAnyOrder("m", "n", "o");
    assertThat(PriceTable.of(Map.of()).ids()).isEmpty();
  }
}
