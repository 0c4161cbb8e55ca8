package com.gymcoach.bedrock.cache.spi;

import java.time.Duration;

/**
 * What one call asked of the store.
 *
 * @param lookUp how long the look-up took, its budget where that was used up
 * @param envelopeBytes the size of the entry read, or of the one written, 0 for none
 * @param readUnits as the store counts them
 * @param writeUnits as the store counts them
 */
public record StoreUse(Duration lookUp, int envelopeBytes, double readUnits, double writeUnits) {}
