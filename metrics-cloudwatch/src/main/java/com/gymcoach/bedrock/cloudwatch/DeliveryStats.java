package com.gymcoach.bedrock.cloudwatch;

/**
 * What became of the calls and invalidations that a {@link CloudWatchMetricsSink} was told of.
 * While none is under way, {@code offered} is the sum of the other three. Immutable.
 *
 * @param offered how many it was told of
 * @param sent how many CloudWatch has acknowledged. One whose acknowledgement was lost is held and
 *     sent again: CloudWatch may have counted it twice
 * @param dropped how many were given up, CloudWatch having taken nothing for too long
 * @param held how many wait for the next interval
 */
public record DeliveryStats(long offered, long sent, long dropped, long held) {}
