/** One caller's streaming call, live or replayed. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.stream;

import org.jspecify.annotations.NullMarked;
