/** The comparison of two answers to the same request. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.compare;

import org.jspecify.annotations.NullMarked;
