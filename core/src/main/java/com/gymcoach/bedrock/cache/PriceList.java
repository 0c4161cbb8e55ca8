package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.sdk.ModelIds;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/**
 * The prices of Bedrock's models per token and of a store's units per million, from which the cache
 * calculates its savings. A call without a price is counted as unpriced; no price is guessed.
 *
 * <p>A price is looked up by the id that a request names. If there is none and the id is the ARN of
 * a foundation model or inference profile, it is looked up by the last part of the ARN. Finally, it
 * is looked up without the prefix of an inference profile ({@code us.}, {@code eu.}, …). An id that
 * does not reveal its model, such as the ARN of an application inference profile or of provisioned
 * throughput, has the price that {@link #with} gave that exact id, or otherwise that of the model
 * named with {@link BedrockCacheBuilder#baseModel}.
 *
 * <p>Immutable.
 */
public final class PriceList {
  /** The prices of {@code prices.json} without their sources, in a form that needs no parser. */
  private static final String STANDARD = "prices.tsv";

  private static final double MILLION = 1e6;

  /**
   * The prices of one model.
   *
   * @param tiers the price in each tier
   * @param longContext the standard tier's prices for prompts of more than {@code above} tokens,
   *     cached ones included; null if long prompts have the same price
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

  /** Reads the default list on first use. */
  private static final class Default {
    static final PriceList LIST = load();

    private Default() {}

    private static PriceList load() {
      try (InputStream in = PriceList.class.getResourceAsStream(STANDARD)) {
        Objects.requireNonNull(in, STANDARD + " is missing from the cache's jar");
        return ofRows(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Reads the list's own line, and leaves the models' rows as they are. */
    private static PriceList ofRows(String text) {
      int end = text.indexOf('\n');
      String[] head = text.substring(0, end).split("\t", -1);
      return new PriceList(
          date(head[0]),
          PriceTable.ofRows(text.substring(end + 1)),
          Map.of(),
          Double.parseDouble(head[1]),
          Double.parseDouble(head[2]));
    }
  }

  private final LocalDate date;
  private final PriceTable models;
  private final Map<String, String> baseModels;
  private final double readUnit;
  private final double writeUnit;

  PriceList(LocalDate date, Map<String, Entry> models, double readUnit, double writeUnit) {
    this(date, PriceTable.of(models), Map.of(), readUnit, writeUnit);
  }

  private PriceList(
      LocalDate date,
      PriceTable models,
      Map<String, String> baseModels,
      double readUnit,
      double writeUnit) {
    this.date = date;
    this.models = models;
    this.baseModels = Map.copyOf(baseModels);
    this.readUnit = readUnit;
    this.writeUnit = writeUnit;
  }

  /**
   * Returns the list shipped with the library: on-demand prices of us-east-1 as of its date, each
   * with its source, in {@code prices.json} of the jar. Prices in other regions, and your own, may
   * differ.
   */
  public static PriceList standard() {
    return Default.LIST;
  }

  /** Returns a list without prices: every call is unpriced, and a store costs nothing. */
  public static PriceList none() {
    return new PriceList(LocalDate.EPOCH, Map.of(), 0, 0);
  }

  /**
   * Reads a list in the form of {@code prices.json}, from a file or the class path; {@code
   * docs/money.md} describes it. The stream stays open.
   *
   * @throws IOException if the stream cannot be read, or is not a price list in which each price
   *     names its source
   */
  public static PriceList read(InputStream json) throws IOException {
    return PriceListReader.read(json);
  }

  /**
   * Returns this list with a model's on-demand price, replacing all the prices that the model had.
   */
  public PriceList with(String modelId, ModelPrice price) {
    PriceTable more = models.with(Objects.requireNonNull(modelId, "modelId"), Entry.of(price));
    return new PriceList(date, more, baseModels, readUnit, writeUnit);
  }

  /**
   * Returns this list with the models behind ids that do not reveal theirs; a price for the id
   * itself takes precedence.
   */
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

  /** Parses a date without {@link LocalDate#parse}, which would add 8 ms to a cold start. */
  static LocalDate date(String text) {
    LocalDate date =
        LocalDate.of(
            Integer.parseInt(text, 0, 4, 10),
            Integer.parseInt(text, 5, 7, 10),
            Integer.parseInt(text, 8, 10, 10));
    if (!date.toString().equals(text)) {
      throw new DateTimeException("not a date");
    }
    return date;
  }

  /** Returns the date of these prices. */
  public LocalDate date() {
    return date;
  }

  /** Returns the ids that have a price. Unmodifiable. */
  public Set<String> modelIds() {
    return models.ids();
  }

  /**
   * Returns the cost of a call in USD, or empty if the model, the tier or some of the tokens have
   * no price.
   */
  public OptionalDouble usd(String modelId, PriceTier tier, TokenUsage usage) {
    Entry entry = entry(modelId);
    return entry == null ? OptionalDouble.empty() : entry.usd(tier, usage);
  }

  /**
   * Returns what Bedrock charged for an answer in USD, by the tokens and the tier that the response
   * states; empty if it does not state its tokens, or they have no price. For an answer from the
   * cache this is what it cost when Bedrock gave it.
   *
   * @param request a request of Converse or InvokeModel
   * @param response its response
   * @throws IllegalArgumentException if they are of another operation, or not of the same one
   */
  public OptionalDouble usd(BedrockRuntimeRequest request, BedrockRuntimeResponse response) {
    if (request instanceof ConverseRequest converse
        && response instanceof ConverseResponse answer) {
      return usd(CacheableOperations.CONVERSE, converse, answer);
    } else if (request instanceof InvokeModelRequest invoke
        && response instanceof InvokeModelResponse answer) {
      return usd(CacheableOperations.INVOKE_MODEL, invoke, answer);
    }
    throw new IllegalArgumentException(
        "Only answers of Converse and InvokeModel state what they cost");
  }

  private <Q extends AwsRequest, R> OptionalDouble usd(
      CacheableOperation<Q, R> operation, Q request, R response) {
    TokenUsage usage = operation.usage(response);
    return usage == null
        ? OptionalDouble.empty()
        : usd(operation.modelId(request), operation.tier(response), usage);
  }

  /** Returns the cost of a store's units in USD. */
  public double storeUsd(double readUnits, double writeUnits) {
    return (readUnits * readUnit + writeUnits * writeUnit) / MILLION;
  }

  /** Returns the prices of the model that an id names, or null. */
  @Nullable Entry entry(String modelId) {
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
