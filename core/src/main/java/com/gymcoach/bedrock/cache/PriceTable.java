package com.gymcoach.bedrock.cache;

import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The prices by model. Those shipped with the library are rows of text, each parsed when its model
 * is met: a process meets few models, and its cold start waits for what is parsed.
 *
 * <p>Thread-safe.
 */
final class PriceTable {
  /** The tiers in the order of a row's cells. */
  private static final PriceTier[] TIERS = {
    PriceTier.STANDARD,
    PriceTier.LATENCY_OPTIMIZED,
    PriceTier.BATCH,
    PriceTier.FLEX,
    PriceTier.PRIORITY
  };

  private final Map<String, String> rows;
  private final Map<String, PriceList.Entry> given;
  private final ConcurrentHashMap<String, PriceList.Entry> parsed = new ConcurrentHashMap<>();

  private PriceTable(Map<String, String> rows, Map<String, PriceList.Entry> given) {
    this.rows = rows;
    this.given = given;
  }

  /** Returns a table of prices that are parsed already. */
  static PriceTable of(Map<String, PriceList.Entry> given) {
    return new PriceTable(Map.of(), Map.copyOf(given));
  }

  /**
   * Returns a table of rows. A row has the id, the price in each tier, the price of long prompts,
   * and from which length on, separated by tabs. A price has four rates, separated by commas.
   */
  static PriceTable ofRows(String text) {
    Map<String, String> rows = new HashMap<>();
    int end;
    for (int at = 0; at < text.length(); at = end + 1) {
      end = text.indexOf('\n', at);
      int tab = text.indexOf('\t', at);
      rows.put(text.substring(at, tab), text.substring(tab + 1, end));
    }
    return new PriceTable(rows, Map.of());
  }

  /** Returns this table with another price of a model. */
  PriceTable with(String id, PriceList.Entry entry) {
    Map<String, PriceList.Entry> more = new HashMap<>(given);
    more.put(id, entry);
    return new PriceTable(rows, Map.copyOf(more));
  }

  /** Returns the ids that have a price. */
  Set<String> ids() {
    Set<String> ids = new HashSet<>(rows.keySet());
    ids.addAll(given.keySet());
    return Collections.unmodifiableSet(ids);
  }

  /** Returns a model's prices, or null. */
  PriceList.@Nullable Entry get(String id) {
    PriceList.Entry entry = given.get(id);
    if (entry == null) {
      entry = parsed.get(id);
    }
    String row = entry == null ? rows.get(id) : null;
    if (row == null) {
      return entry;
    }
    PriceList.Entry met = parse(row);
    parsed.put(id, met);
    return met;
  }

  private static PriceList.Entry parse(String row) {
    String[] cells = row.split("\t", -1);
    Map<PriceTier, ModelPrice> tiers = new EnumMap<>(PriceTier.class);
    for (int i = 0; i < TIERS.length; i++) {
      ModelPrice price = price(cells[i]);
      if (price != null) {
        tiers.put(TIERS[i], price);
      }
    }
    ModelPrice longContext = price(cells[TIERS.length]);
    return new PriceList.Entry(
        tiers,
        longContext,
        longContext == null ? Long.MAX_VALUE : Long.parseLong(cells[TIERS.length + 1]));
  }

  private static @Nullable ModelPrice price(String cell) {
    if (cell.isEmpty()) {
      return null;
    }
    String[] rates = cell.split(",", -1);
    return new ModelPrice(
        Double.parseDouble(rates[0]),
        Double.parseDouble(rates[1]),
        rates[2].isEmpty() ? null : Double.valueOf(rates[2]),
        rates[3].isEmpty() ? null : Double.valueOf(rates[3]));
  }
}
