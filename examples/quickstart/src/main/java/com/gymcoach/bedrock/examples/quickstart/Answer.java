package com.gymcoach.bedrock.examples.quickstart;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/**
 * What a step got.
 *
 * @param response the answer; of a stream, put together
 * @param firstText how long the first text took, or null where the answer came at once
 */
record Answer(ConverseResponse response, @Nullable Duration firstText) {}
