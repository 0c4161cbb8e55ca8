/** Measures the cache's cost, compared with the alternatives. */
@NullMarked
package com.gymcoach.bedrock.benchmarks;

import org.jspecify.annotations.NullMarked;
