/** Points in time and lifetimes, by both clocks. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.time;

import org.jspecify.annotations.NullMarked;
