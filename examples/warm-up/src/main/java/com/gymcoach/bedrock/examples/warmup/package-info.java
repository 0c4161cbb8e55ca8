/** Warms up a table from a terminal. */
@NullMarked
package com.gymcoach.bedrock.examples.warmup;

import org.jspecify.annotations.NullMarked;
