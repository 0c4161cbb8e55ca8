/** One request, straight through: plan, hot tier, flight, warm tier, origin, admission, outcome. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.engine;

import org.jspecify.annotations.NullMarked;
