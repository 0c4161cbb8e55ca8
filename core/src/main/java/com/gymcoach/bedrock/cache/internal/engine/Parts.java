package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.tier.Tiers;

/** The parts of one cache that the steps of a request share. */
public record Parts(
    Settings settings,
    Environment environment,
    Tiers tiers,
    Fences fences,
    StatsRecorder recorder) {}
