/** Races in the memory tier, run by jcstress. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.tier;

import org.jspecify.annotations.NullMarked;
