package com.gymcoach.bedrock.cache.spi.metrics;

import java.time.Duration;

/**
 * One call's use of the store.
 *
 * @param lookUp how long the look-up took, or its budget if it timed out
 * @param envelopeBytes the size of the entry read or written, or 0 if there was none
 * @param readUnits the read units used, as the store counts them
 * @param writeUnits the write units used, as the store counts them
 */
public record StoreUse(Duration lookUp, int envelopeBytes, double readUnits, double writeUnits) {}
