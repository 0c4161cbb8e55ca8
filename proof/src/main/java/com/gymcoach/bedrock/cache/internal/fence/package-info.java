/** Fences taken away, to show what they are for. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.fence;

import org.jspecify.annotations.NullMarked;
