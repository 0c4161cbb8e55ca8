/** What the cache costs, measured beside what else one might use. */
@NullMarked
package com.gymcoach.bedrock.benchmarks;

import org.jspecify.annotations.NullMarked;
