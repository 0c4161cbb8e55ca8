package com.gymcoach.bedrock.cloudwatch;

/**
 * How many of a {@link CloudWatchMetricsSink}'s calls and invalidations were sent, dropped or held.
 * While none is being recorded or sent, {@code offered} is the sum of the other three. Immutable.
 *
 * @param offered the number recorded
 * @param sent the number acknowledged by CloudWatch. If an acknowledgement is lost, they are sent
 *     again and CloudWatch may count them twice
 * @param dropped the number dropped because CloudWatch accepted nothing for too long
 * @param held the number that waits for the next interval
 */
public record DeliveryStats(long offered, long sent, long dropped, long held) {}
