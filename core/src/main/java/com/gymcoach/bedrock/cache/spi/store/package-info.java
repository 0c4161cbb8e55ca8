/** Stores for the warm tier, and what the cache asks of them: entries, markers and partitions. */
@NullMarked
package com.gymcoach.bedrock.cache.spi.store;

import org.jspecify.annotations.NullMarked;
