package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheSource;

/** Where an answer came from. */
enum Kind {
  /** From the instance's memory. */
  HOT("hot"),
  /** From the table. */
  WARM("warm"),
  /** From another caller's call, under way at the time. */
  SHARED("shared"),
  /** From Bedrock, through the cache. */
  BEDROCK("Bedrock"),
  /** From Bedrock, without a cache. */
  BARE("bare client");

  private final String title;

  Kind(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  static Kind of(CacheOutcome outcome) {
    return switch (outcome.status()) {
      case HIT -> outcome.source() == CacheSource.HOT ? HOT : WARM;
      case COALESCED -> SHARED;
      case MISS, BYPASS -> BEDROCK;
    };
  }

  /** Returns whether Bedrock was spared a call. */
  boolean isHit() {
    return this == HOT || this == WARM || this == SHARED;
  }
}
