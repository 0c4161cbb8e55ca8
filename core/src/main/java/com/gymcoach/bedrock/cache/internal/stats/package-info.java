/** Statistics, and the log of faults. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.stats;

import org.jspecify.annotations.NullMarked;
