package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cloudwatch.EndpointCells.Row;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Sends batches one after the other and counts the result. Used by one thread at a time. */
final class Sender {
  /**
   * The longest that totals are held, in intervals without success. Holding them takes no extra
   * memory, but all of them would be reported as part of the interval in which they are finally
   * sent.
   */
  static final int MAX_INTERVALS_HELD = 15;

  private static final Logger LOG = LoggerFactory.getLogger(CloudWatchMetricsSink.class);

  private final MetricPublisher put;
  private final String namespace;
  private final Duration timeout;
  private final LongAdder sent = new LongAdder();
  private final LongAdder dropped = new LongAdder();

  Sender(MetricPublisher put, String namespace, Duration timeout) {
    this.put = put;
    this.namespace = namespace;
    this.timeout = timeout;
  }

  /**
   * Sends the batches within one timeout for all of them.
   *
   * @param interval whether an interval has ended: totals held in too many intervals are then
   *     dropped
   */
  void send(List<Batch> batches, boolean interval) {
    long end = System.nanoTime() + timeout.toNanos();
    int failed = 0;
    long droppedNow = 0;
    Throwable first = null;
    for (Batch batch : batches) {
      Throwable failure = put(batch, Duration.ofNanos(end - System.nanoTime()));
      if (failure == null) {
        sent.add(commit(batch.rows()));
        continue;
      }
      failed++;
      first = first == null ? failure : first;
      if (interval) {
        droppedNow += drop(batch.rows());
      }
    }
    dropped.add(droppedNow);
    if (first != null) {
      LOG.warn(
          "CloudWatch did not take {} of {} requests with metrics: {}. {}",
          failed,
          batches.size(),
          described(first),
          droppedNow == 0
              ? "They are held for the next interval."
              : droppedNow + " calls' were given up.");
    }
  }

  private @Nullable Throwable put(Batch batch, Duration left) {
    if (left.toMillis() <= 0) { // the SDK would treat it as no limit
      return new OutOfTime();
    }
    try {
      put.put(batch.request(namespace), left);
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e;
    } catch (Throwable e) { // a bug in the client must not stop the timer
      return e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
    }
  }

  private static long commit(List<Row> rows) {
    long recorded = 0;
    for (Row row : rows) {
      recorded += row.sums().counts()[Sums.RECORDED];
      row.of().commit();
    }
    return recorded;
  }

  private static long drop(List<Row> rows) {
    return commit(rows.stream().filter(row -> row.of().heldAgain() > MAX_INTERVALS_HELD).toList());
  }

  /** Returns the error's name and status for the operator, and nothing of the data sent. */
  private static String described(Throwable failure) {
    if (failure instanceof AwsServiceException refused && refused.awsErrorDetails() != null) {
      return refused.awsErrorDetails().errorCode() + ", status " + refused.statusCode();
    }
    return failure.getClass().getSimpleName();
  }

  long sent() {
    return sent.sum();
  }

  long dropped() {
    return dropped.sum();
  }

  private static final class OutOfTime extends RuntimeException {
    private static final long serialVersionUID = 1;

    OutOfTime() {
      super("No time was left for it", null, false, false);
    }
  }
}
