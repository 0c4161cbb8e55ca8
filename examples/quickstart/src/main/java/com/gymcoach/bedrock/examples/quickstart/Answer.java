package com.gymcoach.bedrock.examples.quickstart;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/**
 * The result of a step.
 *
 * @param response the answer; for a stream, assembled from its events
 * @param firstText the time to the first text of a stream; null if the answer is not a stream
 */
record Answer(ConverseResponse response, @Nullable Duration firstText) {}
