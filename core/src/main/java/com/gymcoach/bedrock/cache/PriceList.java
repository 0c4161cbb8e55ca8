package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.sdk.ModelIds;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Bedrock's models cost by the token, and a store's units by the million: with it the cache
 * tells what it saves. What has no price here is counted as unpriced; nothing is guessed.
 *
 * <p>A model is found under the id that a request names; else under the last part of the ARN of a
 * foundation model or inference profile, and without the prefix of a profile ({@code us.}, {@code
 * eu.}, …). What does not name its model, such as the ARN of an application inference profile or of
 * provisioned throughput, has the price that {@link #with} gave to that very id, or else that of
 * the model that {@link BedrockCacheBuilder#baseModel} names for it.
 *
 * <p>Immutable.
 */
public final class PriceList {
  private static final String STANDARD = "prices.json";
  private static final double MILLION = 1e6;

  /**
   * The prices of one model.
   *
   * @param tiers by tier
   * @param longContext the prices of prompts with more than {@code above} tokens, cached ones
   *     included, in the standard tier; null for the same
   */
  record Entry(Map<PriceTier, ModelPrice> tiers, @Nullable ModelPrice longContext, long above) {
    static Entry of(ModelPrice price) {
      return new Entry(Map.of(PriceTier.STANDARD, price), null, Long.MAX_VALUE);
    }

    private OptionalDouble usd(PriceTier tier, TokenUsage usage) {
      long prompt = usage.input() + usage.cacheRead() + usage.cacheWrite();
      ModelPrice price =
          longContext != null && prompt > above
              ? (tier == PriceTier.STANDARD ? longContext : null)
              : tiers.get(tier);
      return price == null ? OptionalDouble.empty() : price.usd(usage);
    }
  }

  /** Reads the default list when it is first needed. */
  private static final class Default {
    static final PriceList LIST = load();

    private Default() {}

    private static PriceList load() {
      try (InputStream in = PriceList.class.getResourceAsStream(STANDARD)) {
        return read(Objects.requireNonNull(in, STANDARD + " is missing from the cache's jar"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final LocalDate date;
  private final Map<String, Entry> models;
  private final Map<String, String> baseModels;
  private final double readUnit;
  private final double writeUnit;

  PriceList(LocalDate date, Map<String, Entry> models, double readUnit, double writeUnit) {
    this(date, models, Map.of(), readUnit, writeUnit);
  }

  private PriceList(
      LocalDate date,
      Map<String, Entry> models,
      Map<String, String> baseModels,
      double readUnit,
      double writeUnit) {
    this.date = date;
    this.models = Map.copyOf(models);
    this.baseModels = Map.copyOf(baseModels);
    this.readUnit = readUnit;
    this.writeUnit = writeUnit;
  }

  /**
   * Returns the list that comes with the library: on-demand prices of us-east-1 as of its date,
   * each with its source, in {@code prices.json} of the jar. Prices of other regions, and yours,
   * may differ.
   */
  public static PriceList standard() {
    return Default.LIST;
  }

  /** Returns a list without prices: everything is unpriced, and a store costs nothing. */
  public static PriceList none() {
    return new PriceList(LocalDate.EPOCH, Map.of(), 0, 0);
  }

  /**
   * Reads a list in the form of {@code prices.json}, from a file or the class path; {@code
   * docs/money.md} describes it. The stream stays open.
   *
   * @throws IOException if it cannot be read, or is not a list in which each price names its source
   */
  public static PriceList read(InputStream json) throws IOException {
    return PriceListReader.read(json);
  }

  /** Returns this list with the on-demand price of a model, in place of all that it had. */
  public PriceList with(String modelId, ModelPrice price) {
    Map<String, Entry> more = new HashMap<>(models);
    more.put(Objects.requireNonNull(modelId, "modelId"), Entry.of(price));
    return new PriceList(date, more, baseModels, readUnit, writeUnit);
  }

  /** Returns this list with the models behind ids that do not name theirs; a price wins. */
  PriceList withBaseModels(Map<String, String> baseModels) {
    return new PriceList(date, models, baseModels, readUnit, writeUnit);
  }

  /**
   * Returns this list with other prices of a store's units.
   *
   * @param readUnit USD per million read units
   * @param writeUnit USD per million write units
   */
  public PriceList withStoreUnits(double readUnit, double writeUnit) {
    ModelPrice checked = ModelPrice.of(readUnit, writeUnit);
    return new PriceList(date, models, baseModels, checked.input(), checked.output());
  }

  /** Returns the day whose prices these are. */
  public LocalDate date() {
    return date;
  }

  /** Returns the ids that have a price. Unmodifiable. */
  public Set<String> modelIds() {
    return models.keySet();
  }

  /**
   * Returns what a call cost, in USD; empty where the model, the tier or some of the tokens have no
   * price.
   */
  public OptionalDouble usd(String modelId, PriceTier tier, TokenUsage usage) {
    Entry entry = entry(modelId);
    return entry == null ? OptionalDouble.empty() : entry.usd(tier, usage);
  }

  /** Returns what a store's units cost, in USD. */
  public double storeUsd(double readUnits, double writeUnits) {
    return (readUnits * readUnit + writeUnits * writeUnit) / MILLION;
  }

  private @Nullable Entry entry(String modelId) {
    Entry entry = models.get(modelId);
    if (entry != null) {
      return entry;
    }
    String named = ModelIds.named(baseModels.getOrDefault(modelId, modelId));
    if (named == null) {
      return null;
    }
    entry = models.get(named);
    return entry != null ? entry : models.get(ModelIds.withoutProfile(named));
  }
}
