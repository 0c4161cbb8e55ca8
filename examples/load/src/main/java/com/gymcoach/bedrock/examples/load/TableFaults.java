package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.testkit.DynamoDbLocal.Refusal;
import com.gymcoach.bedrock.testkit.DynamoDbLocal.Responder;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Scripts for DynamoDB's behaviour: healthy, or failing in one of several ways. */
final class TableFaults {
  private static final Refusal THROTTLED =
      new Refusal(400, "ProvisionedThroughputExceededException", "Too many requests");
  private static final Refusal FAILED = new Refusal(500, "InternalServerError", "Something failed");
  private static final int SLOW_MILLIS = 300;

  private TableFaults() {}

  /** Passes all requests on. */
  static Responder healthy() {
    return request -> null;
  }

  /**
   * Answers nothing until {@code over} is counted down, then drops the connections, as a network
   * does.
   */
  static Responder silent(CountDownLatch over) {
    return request -> {
      over.await();
      throw new IllegalStateException("dropped");
    };
  }

  /** Passes all requests on after a delay. */
  static Responder slow(long millis) {
    return request -> {
      Thread.sleep(millis);
      return null;
    };
  }

  /** Throttles all requests. */
  static Responder throttled() {
    return request -> THROTTLED;
  }

  /** Fails a percentage of the requests, in one of four ways. */
  static Responder share(double percent) {
    return request -> ThreadLocalRandom.current().nextDouble(100) < percent ? someFault() : null;
  }

  private static @Nullable Refusal someFault() throws InterruptedException {
    return switch (ThreadLocalRandom.current().nextInt(4)) {
      case 0 -> THROTTLED;
      case 1 -> FAILED;
      case 2 -> {
        Thread.sleep(SLOW_MILLIS);
        yield null;
      }
      default -> throw new IllegalStateException("dropped");
    };
  }
}
