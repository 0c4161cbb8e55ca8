/** Captures, copies and replays response streams. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.stream;

import org.jspecify.annotations.NullMarked;
