/** Invalidation within this process: answers and calls from before it are refused. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.fence;

import org.jspecify.annotations.NullMarked;
