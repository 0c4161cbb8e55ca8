package com.gymcoach.bedrock.warmup;

import java.time.Duration;

/**
 * How far a warm-up has come.
 *
 * @param lines the lines of the file that are not empty, those of an earlier run included
 * @param ended the lines dealt with, those of an earlier run included
 * @param hits the lines whose answer was there already
 * @param asked the calls to Bedrock that were answered
 * @param kept the answers kept, in memory or in the store
 * @param stored the answers that the store acknowledged; streams do not say and do not count
 * @param notKept the answers that were not kept
 * @param refused the lines that were not asked because of what they are
 * @param failed the lines whose call failed, in the end
 * @param throttled the calls that Bedrock throttled; most are made again
 * @param malformed the lines that are not a request
 * @param usd what Bedrock charged for answers, in USD, as far as they state it
 * @param assumedUsd the most that calls can have cost which state nothing: calls that failed on the
 *     way, calls under way, answers without token counts
 * @param ratePerSecond the rate now: lower than configured after Bedrock has throttled
 * @param elapsed the time since the start
 * @param finished whether this is the end
 */
public record WarmUpProgress(
    long lines,
    long ended,
    long hits,
    long asked,
    long kept,
    long stored,
    long notKept,
    long refused,
    long failed,
    long throttled,
    long malformed,
    double usd,
    double assumedUsd,
    double ratePerSecond,
    Duration elapsed,
    boolean finished) {}
