package com.gymcoach.bedrock.cache.spi.metrics;

/** The faults that can occur in the cache without failing a call. Each is counted. */
public enum CacheFault {
  /** A look-up in the warm tier failed. */
  STORE_READ_FAILED,
  /** A look-up in the warm tier took longer than its budget or the store's own time limit. */
  STORE_READ_TIMEOUT,
  /**
   * The warm tier failed fast: its circuit breaker is open because it has failed too often lately.
   */
  STORE_UNAVAILABLE,
  /**
   * The warm tier was not asked: the limit of concurrent calls was reached, for this user or in
   * total.
   */
  STORE_BUSY,
  /**
   * The warm tier was not asked: the look-up spent its budget waiting for one of the store's
   * threads.
   */
  STORE_QUEUE_TIMEOUT,
  /**
   * The warm tier was not asked or not written to: the time that {@code apiCallTimeout} left the
   * call was shorter than the store's budget.
   */
  NO_TIME_LEFT,
  /** A write to the warm tier failed. */
  STORE_WRITE_FAILED,
  /**
   * A write to the warm tier took longer than its budget or the store's own time limit; it may
   * still have succeeded.
   */
  STORE_WRITE_TIMEOUT,
  /** The warm tier could not tell which markers are in force. */
  MARKERS_UNKNOWN,
  /** A hot entry was served although its markers could not be checked in time. */
  SERVED_UNVERIFIED,
  /** A stored entry is malformed. */
  ENTRY_CORRUPT,
  /** A stored entry's checksum is wrong, or the entry is stored under another entry's address. */
  ENTRY_CHECKSUM,
  /**
   * A sealed entry could not be opened because it was altered, moved or sealed with a key that is
   * not configured; or an entry is unsealed although a sealer is configured.
   */
  ENTRY_SEAL,
  /** A stored entry has a format that this version does not read. */
  ENTRY_FORMAT_UNKNOWN,
  /** A stored entry needs a compressor or a dictionary that is not configured. */
  ENTRY_COMPRESSION_UNKNOWN,
  /** A stored entry could not be decoded into a response. */
  ENTRY_UNREADABLE,
  /**
   * A stored entry's creation time is more than five minutes in the future by this process's clock.
   */
  CLOCK_SKEW,
  /** A response could not be encoded as an entry. */
  ENCODE_FAILED,
  /** An entry is too large for the warm tier; it is kept in memory only. */
  ENTRY_TOO_LARGE,
  /** An invalidation was not acknowledged by the warm tier. */
  INVALIDATION_FAILED,
  /** An invalidation is in force, but some of its entries could not be deleted yet. */
  DELETE_FAILED,
  /** An invalidation is in force and has returned; the store is still deleting its entries. */
  DELETE_UNFINISHED,
  /** A stale answer could not be refreshed; a later call tries again. */
  REVALIDATION_FAILED,
  /** A policy, key generator or setting supplied by the service threw. */
  CALLBACK_FAILED,
  /** The live settings could not be read or are not valid; the last valid ones stay in force. */
  SETTINGS_UNREADABLE,
  /** The function that returns the scope of a call threw; the call bypassed the cache. */
  SCOPE_FAILED,
  /** The cache itself failed; the call went to Bedrock. */
  ENGINE_FAILED
}
