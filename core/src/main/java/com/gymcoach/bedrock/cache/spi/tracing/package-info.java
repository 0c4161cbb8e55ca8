/** Tracing of calls: a trace is told of a call's begin and end, and is current while it runs. */
@NullMarked
package com.gymcoach.bedrock.cache.spi.tracing;

import org.jspecify.annotations.NullMarked;
