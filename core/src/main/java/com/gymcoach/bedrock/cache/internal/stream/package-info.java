/** Streams: what came, what is copied of it on the way, and how it is played again. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.stream;

import org.jspecify.annotations.NullMarked;
