package com.gymcoach.bedrock.cache.sim;

/** Where a call or an invalidation is when a fault strikes, and in which tier that is. */
enum Phase {
  /** An answer is served from memory. */
  SERVE("hot"),
  /** A call waits for another caller's call. */
  FOLLOW("hot"),
  /** The store is asked for an entry. */
  LOOK_UP("warm"),
  /** The store is asked for markers alone. */
  MARKERS("warm"),
  /** The store is to keep an answer. */
  WRITE("warm"),
  /** The store is to keep an invalidation's marker. */
  MARK("warm"),
  /** The store is to delete what has been invalidated. */
  DELETE("warm"),
  /** Bedrock is asked for a caller. */
  ORIGIN("bedrock"),
  /** Bedrock is asked for no caller: a stale answer is refreshed or a hit is verified. */
  BACKGROUND("bedrock");

  private final String tier;

  Phase(String tier) {
    this.tier = tier;
  }

  String tier() {
    return tier;
  }
}
