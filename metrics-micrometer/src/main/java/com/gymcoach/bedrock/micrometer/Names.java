package com.gymcoach.bedrock.micrometer;

/**
 * The names of all meters and tags. They are defined only here; the dashboard in {@code
 * docs/monitoring} is generated from them.
 */
final class Names {
  static final String REQUESTS = "bedrock.cache.requests";
  static final String LATENCY = "bedrock.cache.latency";
  static final String COST = "bedrock.cache.cost";
  static final String SAVED = "bedrock.cache.saved";
  static final String UNPRICED = "bedrock.cache.unpriced";
  static final String STALE = "bedrock.cache.stale";
  static final String BYPASSES = "bedrock.cache.bypasses";
  static final String REFUSALS = "bedrock.cache.refusals";
  static final String WRITES = "bedrock.cache.writes";
  static final String STORE_CALLS = "bedrock.cache.store.calls";
  static final String ENTRY_SIZE = "bedrock.cache.entry.size";
  static final String FAULTS = "bedrock.cache.faults";
  static final String INVALIDATIONS = "bedrock.cache.invalidations";
  static final String MEMORY_USED = "bedrock.cache.memory.used";
  static final String MEMORY_MAX = "bedrock.cache.memory.max";
  static final String MEMORY_ENTRIES = "bedrock.cache.memory.entries";
  static final String BREAKERS_OPEN = "bedrock.cache.breakers.open";

  // Tags. The values of each are a closed set.
  static final String ENDPOINT = "endpoint";
  static final String MODEL = "model";
  static final String RESULT = "result";
  static final String SOURCE = "source";
  static final String KIND = "kind";
  static final String REASON = "reason";
  static final String TIER = "tier";
  static final String FAULT = "fault";

  // Values of KIND: the purpose of the cost.
  static final String KIND_CALL = "call";
  static final String KIND_REFRESH = "refresh";
  static final String KIND_STORE = "store";

  // Base units.
  static final String USD = "USD";
  static final String BYTES = "bytes";

  /** The endpoint of an invalidation that concerns all of a user's endpoints. */
  static final String ALL = "_all";

  /** The endpoint or model that stands for all names beyond a limit. */
  static final String OTHERS = "_others";

  private Names() {}
}
