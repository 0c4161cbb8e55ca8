/** The hot tier in memory, and the warm tier in front of the store. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.tier;

import org.jspecify.annotations.NullMarked;
