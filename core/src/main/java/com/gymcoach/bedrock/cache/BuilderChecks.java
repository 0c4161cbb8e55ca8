package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.sdk.ModelIds;
import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import java.time.Duration;

/** Rejects settings that cannot be used, with a message that says what to change. */
final class BuilderChecks {
  /** Each miss is compared with all of them. */
  private static final int MAX_RECENT_CALLS = 10_000;

  private BuilderChecks() {}

  static void check(BedrockCacheBuilder from) {
    Names.require("namespace", from.namespace);
    require(
        from.hotMaxBytes >= 0, "hotMaxBytes is " + from.hotMaxBytes + ": choose 0 (none) or more");
    require(
        from.keyMemoMaxBytes >= 0,
        "keyMemoMaxBytes is " + from.keyMemoMaxBytes + ": choose 0 (none) or more");
    require(
        !from.hotMaxAge.isNegative() && !from.hotMaxAge.isZero(),
        "hotMaxAge is "
            + from.hotMaxAge
            + ": choose more than zero, or hotMaxBytes(0) for no memory");
    require(
        from.maxStreamBytes >= 0,
        "maxStreamBytes is " + from.maxStreamBytes + ": choose 0 or more");
    require(
        from.recentCalls >= 0 && from.recentCalls <= MAX_RECENT_CALLS,
        "explains is " + from.recentCalls + ": choose 0 (off) to " + MAX_RECENT_CALLS);
    requireNotNegative("invalidationDelay", from.invalidationDelay);
    from.invalidationDelays.forEach(
        (endpoint, delay) -> requireNotNegative("invalidationDelay of " + endpoint, delay));
    require(
        from.maxUnverified.compareTo(from.invalidationDelay) >= 0,
        "maxUnverified is "
            + from.maxUnverified
            + ", shorter than invalidationDelay, "
            + from.invalidationDelay
            + ": choose at least as long");
    require(
        from.hotMaxBytes > 0 || from.store != null,
        "hotMaxBytes is 0 and there is no store: give one of them, or use mode(OFF)");
    require(
        from.store != null || !from.liveSettingsFromStore,
        "liveSettingsFromStore is set and there is no store: give a store, or a source with"
            + " liveSettings(...)");
    from.baseModels.forEach(BuilderChecks::requireBaseModel);
    requireUsable(from.compressor);
    from.alsoReads.forEach(BuilderChecks::requireUsable);
  }

  private static void requireBaseModel(String id, String modelId) {
    require(!id.isBlank(), "baseModel is given for an empty id: give the id that requests name");
    require(
        !modelId.isBlank() && ModelIds.named(modelId) != null && !modelId.equals(id),
        "baseModel of " + id + " is " + modelId + ": give a foundation model's id");
  }

  private static void requireUsable(Compressor compressor) {
    int id = compressor.id();
    require(
        (id >= 128 && id <= 255) || id == Compressor.none().id() || id == Compressor.deflate().id(),
        "compressor.id() is " + id + ": choose 128 to 255");
  }

  /** Runs on calls too, if a supplier gives the percentage: makes no text for a valid value. */
  static double requirePercent(double percent) {
    if (percent >= 0 && percent <= 100) {
      return percent;
    }
    throw new IllegalArgumentException("rolloutPercent is " + percent + ": choose from 0 to 100");
  }

  private static void requireNotNegative(String what, Duration duration) {
    require(!duration.isNegative(), what + " is " + duration + ": choose zero or more");
  }

  private static void require(boolean good, String otherwise) {
    if (!good) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
