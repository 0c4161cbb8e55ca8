package com.gymcoach.bedrock.warmup;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The work and cost of a warm-up, as the cache is now. A request that is twice in the file counts
 * twice: a run asks it once. Contains no prompt, answer or user id. Immutable.
 *
 * @param lines the lines of the file that are not empty
 * @param done the lines that an earlier run has dealt with
 * @param cached the requests whose answer is there
 * @param toAsk the requests that a run would ask, as far as rate and budget allow
 * @param refused how many would not be asked, as {@link WarmUpReport#refused} has it
 * @param malformed the lines that are not a request
 * @param malformedLines the numbers of the first 100 of them, from 1
 * @param models the requests to ask, by model
 * @param maxUsd the limit in USD, or null
 * @param maxCalls the limit of calls, {@link Long#MAX_VALUE} for none
 * @param atLeast the shortest time in which the rate allows these calls
 */
public record WarmUpPlan(
    long lines,
    long done,
    long cached,
    long toAsk,
    SortedMap<String, Long> refused,
    long malformed,
    List<Long> malformedLines,
    SortedMap<String, ModelPlan> models,
    @Nullable Double maxUsd,
    long maxCalls,
    Duration atLeast) {

  /**
   * The requests to one model.
   *
   * @param requests their number
   * @param inputLow the lower bound of input tokens: one for each 8 bytes of the bodies
   * @param inputHigh the most input tokens: a token for each byte, and 1,000 for each request with
   *     tools
   * @param outputHigh the most output tokens: what each request states as its limit, or {@link
   *     WarmUpBuilder#unstatedOutputTokens}
   * @param usdLow {@code inputLow} and one token of output each, by the price list
   * @param usdHigh {@code inputHigh} and {@code outputHigh}, by the price list
   * @param withoutLimit how many requests have no upper limit of their cost, by the reason: {@code
   *     NO_PRICE}, {@code MEDIA} or {@code NO_OUTPUT_LIMIT}. Their unknown part is missing from the
   *     figures above
   */
  public record ModelPlan(
      long requests,
      long inputLow,
      long inputHigh,
      long outputHigh,
      double usdLow,
      double usdHigh,
      SortedMap<String, Long> withoutLimit) {}

  /** Returns the least cost of all requests to ask, in USD. */
  public double usdLow() {
    return models.values().stream().mapToDouble(ModelPlan::usdLow).sum();
  }

  /** Returns the highest cost of all requests to ask, in USD, without those that have no limit. */
  public double usdHigh() {
    return models.values().stream().mapToDouble(ModelPlan::usdHigh).sum();
  }

  /** Returns whether a run would ask nothing although not everything is cached. */
  public boolean nothingWouldBeKept() {
    return toAsk == 0 && cached < lines - done - malformed;
  }

  /** Returns the plan as a text of a few lines. */
  public String text() {
    StringBuilder text = new StringBuilder();
    add(
        text,
        "%,d lines: %,d done before, %,d already there, %,d to ask, %,d malformed%s.",
        lines,
        done,
        cached,
        toAsk,
        malformed,
        malformedLines.isEmpty() ? "" : " " + malformedLines);
    refused.forEach((why, count) -> add(text, "Not asked: %,d, %s.", count, why));
    if (nothingWouldBeKept()) {
      add(text, "Nothing would be asked: see the reasons. SWITCHED_OFF: the cache is off.");
    }
    for (Map.Entry<String, ModelPlan> each : models.entrySet()) {
      ModelPlan model = each.getValue();
      add(
          text,
          "%s: %,d requests, %,d to %,d input tokens, at most %,d output tokens,"
              + " %.4f to %.4f USD%s.",
          each.getKey(),
          model.requests(),
          model.inputLow(),
          model.inputHigh(),
          model.outputHigh(),
          model.usdLow(),
          model.usdHigh(),
          model.withoutLimit().isEmpty()
              ? ""
              : "; without what has no limit: " + model.withoutLimit());
    }
    add(text, "Together %.4f to %.4f USD.", usdLow(), usdHigh());
    add(
        text,
        "Input tokens: from bytes of the bodies / 8 to their bytes, and 1,000 for tools. Output"
            + " tokens: from 1 to the request's limit.");
    add(
        text,
        "Limits: %s, %s. At this rate at least %d s.",
        maxUsd == null ? "no USD limit" : String.format(Locale.ROOT, "%.4f USD", maxUsd),
        maxCalls == Long.MAX_VALUE
            ? "no limit of calls"
            : String.format(Locale.ROOT, "%,d calls", maxCalls),
        atLeast.toSeconds());
    return text.toString().stripTrailing();
  }

  private static void add(StringBuilder text, String format, @Nullable Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }
}
