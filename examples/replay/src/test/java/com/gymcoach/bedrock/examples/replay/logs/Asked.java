package com.gymcoach.bedrock.examples.replay.logs;

import java.time.Instant;

/**
 * A call as the tests know it, with the texts that the program must not keep.
 *
 * @param exact equal for calls with the same body as logged
 * @param same equal for calls that ask the same
 * @param user who asks, or empty
 * @param group model and endpoint
 * @param lookedUp whether the cache would look it up
 * @param kept whether the cache would keep the answer
 * @param usd what it cost; 0 if it is not known
 * @param answerBytes the size of the answer that the table would have, without the envelope
 */
record Asked(
    String exact,
    String same,
    String user,
    String group,
    Instant time,
    boolean stream,
    boolean lookedUp,
    boolean kept,
    double usd,
    int answerBytes) {}
