package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheSource;

/** The origin of an answer. */
enum Kind {
  /** From the instance's memory. */
  HOT("hot"),
  /** From the table. */
  WARM("warm"),
  /** From another caller's call that was in flight. */
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

  /** Returns whether a call to Bedrock was avoided. */
  boolean isHit() {
    return this == HOT || this == WARM || this == SHARED;
  }
}
