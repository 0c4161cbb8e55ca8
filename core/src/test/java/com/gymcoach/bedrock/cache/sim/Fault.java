package com.gymcoach.bedrock.cache.sim;

/** What can go wrong in a simulation. */
enum Fault {
  STORE_FAILS,
  STORE_HANGS,
  /** The store answers after its budget. */
  STORE_LATE,
  /** The store does what it is asked, and the caller does not learn of it. */
  STORE_ANSWER_LOST,
  /** The store returns the bytes of another entry. */
  STORE_OTHER_ENTRY,
  STORE_CORRUPT,
  /** The store could not read the entry or its markers this time. */
  STORE_UNPROCESSED,
  /** The entry has been deleted. */
  STORE_EVICTED,
  BEDROCK_FAILS,
  BEDROCK_THROTTLES,
  BEDROCK_LATE,
  BEDROCK_HANGS,
  /** The answer is cut short, and Bedrock does not say so. */
  BEDROCK_CUTS,
  EXECUTOR_REFUSES,
  SINK_THROWS,
  CLOCK_BACK,
  CLOCK_FORWARD,
  /** The cache is closed. */
  CLOSED,
  /** The cache is switched off. */
  SWITCHED_OFF,
  /** The caller cancels its call. */
  CANCELLED;

  boolean isStore() {
    return name().startsWith("STORE_");
  }

  boolean isBedrock() {
    return name().startsWith("BEDROCK_");
  }
}
