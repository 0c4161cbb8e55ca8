package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;

/**
 * The store's result for one part of a batch, read together with the other parts.
 *
 * @param reading the start of that read
 */
record Lookahead(StoreRead read, Fences.Read reading) {}
