/**
 * The parts that differ between the sync and async clients: calls to Bedrock, waiting and streams.
 */
@NullMarked
package com.gymcoach.bedrock.cache.internal.client;

import org.jspecify.annotations.NullMarked;
