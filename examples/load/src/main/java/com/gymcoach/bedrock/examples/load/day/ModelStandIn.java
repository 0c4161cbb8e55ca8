package com.gymcoach.bedrock.examples.load.day;

import com.gymcoach.bedrock.examples.load.Stamp;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Answers in Bedrock's place. Each answer says for whom, to which question and when it was made.
 * Thread-safe.
 */
final class ModelStandIn implements BedrockStandIn.Responder {
  /**
   * The model that is there. Any other is refused, as Bedrock refuses one that it does not have.
   */
  static final String MODEL = "amazon.nova-micro-v1:0";

  /** How long the stand-in waits before it asks for the answer. */
  static final Duration DELAY = Duration.ofMillis(20);

  private volatile int throttledPercent;

  /** Has a percentage of the calls throttled. */
  void throttle(int percent) {
    throttledPercent = percent;
  }

  @Override
  public Reply answer(Request request) {
    if (ThreadLocalRandom.current().nextInt(100) < throttledPercent) {
      return Reply.error(429, "ThrottlingException", "Too many requests");
    }
    if (!request.modelId().equals(MODEL)) {
      return Reply.error(400, "ValidationException", "The model identifier is invalid");
    }
    String user = Stamp.userDigest(request);
    String asked = Question.digestIn(new String(request.body(), StandardCharsets.UTF_8));
    long askedAt = System.currentTimeMillis() - DELAY.toMillis();
    String text = Stamp.on("Two sets of eight, then rest.", user, asked, askedAt);
    return Reply.json(
        """
        {"output":{"message":{"role":"assistant","content":[{"text":"%s"}]}},\
        "stopReason":"end_turn",\
        "usage":{"inputTokens":110,"outputTokens":40,"totalTokens":150},\
        "metrics":{"latencyMs":20}}"""
            .formatted(text));
  }
}
