package com.gymcoach.bedrock.cache.spi;

/** What can go wrong in the cache without the caller losing anything. Each is counted. */
public enum CacheFault {
  /** A look-up in the warm tier failed. */
  STORE_READ_FAILED,
  /** A look-up in the warm tier took longer than its budget. */
  STORE_READ_TIMEOUT,
  /** The warm tier was not waited for: it has failed too often lately, and is left alone. */
  STORE_UNAVAILABLE,
  /**
   * The warm tier was not asked: as many calls as may be were under way, for this user or in all.
   */
  STORE_BUSY,
  /**
   * The warm tier was not asked: the look-up's turn on the store's threads came after its budget.
   */
  STORE_QUEUE_TIMEOUT,
  /**
   * The warm tier was not asked, or not written to: the call had less time left than its budget, of
   * what {@code apiCallTimeout} allows.
   */
  NO_TIME_LEFT,
  /** A write to the warm tier failed. */
  STORE_WRITE_FAILED,
  /** A write to the warm tier took longer than its budget; it may have succeeded all the same. */
  STORE_WRITE_TIMEOUT,
  /** The warm tier could not say which markers are in force. */
  MARKERS_UNKNOWN,
  /** A hot entry was served although its markers could not be checked in time. */
  SERVED_UNVERIFIED,
  /** A stored entry does not have the shape of one. */
  ENTRY_CORRUPT,
  /** A stored entry's check sum is wrong, or it stands under another entry's address. */
  ENTRY_CHECKSUM,
  /**
   * A sealed entry could not be opened: it was altered, moved or sealed with a key that is not
   * here; or an entry is not sealed although there is a sealer.
   */
  ENTRY_SEAL,
  /** A stored entry is of a format that this version does not read. */
  ENTRY_FORMAT_UNKNOWN,
  /** A stored entry needs a compressor or a dictionary that is not configured. */
  ENTRY_COMPRESSION_UNKNOWN,
  /** A stored entry could not be turned back into a response. */
  ENTRY_UNREADABLE,
  /** A stored entry was made over five minutes from now, by this process's clock. */
  CLOCK_SKEW,
  /** A response could not be turned into an entry. */
  ENCODE_FAILED,
  /** An entry is larger than the warm tier takes; it is kept in memory alone. */
  ENTRY_TOO_LARGE,
  /** An invalidation was not acknowledged by the warm tier. */
  INVALIDATION_FAILED,
  /** An invalidation is in force but some of its entries could not be deleted yet. */
  DELETE_FAILED,
  /** An invalidation is in force and has returned; the store is still deleting its entries. */
  DELETE_UNFINISHED,
  /** What was served stale could not be asked for anew; a later call tries again. */
  REVALIDATION_FAILED,
  /** A policy, key generator or setting of the service threw. */
  CALLBACK_FAILED,
  /** The function that names the scope of a call threw; the call went past the cache. */
  SCOPE_FAILED,
  /** The cache itself failed; the call went to Bedrock. */
  ENGINE_FAILED
}
