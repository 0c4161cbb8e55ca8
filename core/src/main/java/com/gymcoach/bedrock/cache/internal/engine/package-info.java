/**
 * The path of one request: plan, hot tier, single-flight, warm tier, call to Bedrock, admission,
 * outcome.
 */
@NullMarked
package com.gymcoach.bedrock.cache.internal.engine;

import org.jspecify.annotations.NullMarked;
