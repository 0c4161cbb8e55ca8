package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link WarmUp}. A client and a limit of USD or calls are required; everything else has a
 * default. Not thread-safe.
 */
public final class WarmUpBuilder {
  final Path requests;
  @Nullable BedrockCaller caller;
  PriceList prices = PriceList.standard();
  double requestsPerSecond = 1;
  int burst = 1;
  int concurrency = 4;
  @Nullable Double maxUsd;
  long maxCalls = Long.MAX_VALUE;
  long unstatedOutputTokens;
  int stopAfter = 10;
  @Nullable Path stateFile;
  WarmUpListener listener = progress -> {};
  TimeSource time = TimeSource.system();
  Duration finishWithin = Duration.ofSeconds(60);
  @Nullable Pause pause;

  WarmUpBuilder(Path requests) {
    this.requests = Objects.requireNonNull(requests, "requests");
  }

  /**
   * Sets the client that asks: one that is configured as the service's own, but does not retry. The
   * warm-up repeats throttled calls itself, within its rate and budget. The client's region,
   * endpoint and headers are part of each key, and its cache's namespace, secret, policies and
   * store decide what is kept where. Each line's scope takes the place of the client's. Streams
   * need {@link #asyncClient}. It is not closed.
   */
  public WarmUpBuilder client(CachingBedrockClient client) {
    this.caller = new SyncCaller(Objects.requireNonNull(client, "client"));
    return this;
  }

  /** Sets the client that asks, as {@link #client} does; this one can ask for streams too. */
  public WarmUpBuilder asyncClient(CachingBedrockAsyncClient client) {
    this.caller = new AsyncCaller(Objects.requireNonNull(client, "client"));
    return this;
  }

  /** Sets the prices for plan and budget. Defaults to {@link PriceList#standard()}. */
  public WarmUpBuilder prices(PriceList prices) {
    this.prices = Objects.requireNonNull(prices, "prices");
    return this;
  }

  /**
   * Sets the rate of calls to Bedrock. Defaults to 1 a second. Look-ups do not count.
   *
   * @throws IllegalArgumentException if it is not more than 0 and at most 1,000
   */
  public WarmUpBuilder requestsPerSecond(double rate) {
    require(rate > 0 && rate <= 1000, "requestsPerSecond", rate);
    this.requestsPerSecond = rate;
    return this;
  }

  /**
   * Sets how many calls may follow each other at once after a pause: in any span of t seconds there
   * are at most {@code burst + requestsPerSecond × t} calls. Defaults to 1.
   *
   * @throws IllegalArgumentException if it is not from 1 to 1,000
   */
  public WarmUpBuilder burst(int burst) {
    require(burst >= 1 && burst <= 1000, "burst", burst);
    this.burst = burst;
    return this;
  }

  /**
   * Sets how many calls may be under way at a time, one thread for each. Defaults to 4.
   *
   * @throws IllegalArgumentException if it is not from 1 to 256
   */
  public WarmUpBuilder concurrency(int calls) {
    require(calls >= 1 && calls <= 256, "concurrency", calls);
    this.concurrency = calls;
    return this;
  }

  /**
   * Sets the most that the warm-up may spend, in USD by {@link #prices}. The most that a call can
   * cost is set aside before it is made. Requests for which there is no such figure are then not
   * asked. Not included are guardrails, which are not billed by token, the store, and taxes.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public WarmUpBuilder maxUsd(double usd) {
    require(usd >= 0 && usd < Double.POSITIVE_INFINITY, "maxUsd", usd);
    this.maxUsd = usd;
    return this;
  }

  /**
   * Sets the most calls to Bedrock, repeated and failed ones included.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public WarmUpBuilder maxCalls(long calls) {
    require(calls >= 0, "maxCalls", calls);
    this.maxCalls = calls;
    return this;
  }

  /**
   * Sets the output tokens to count with for requests that state no limit of their own. Set it to
   * the longest answer of your models: the budget is only as good as this number. If it is not set,
   * such requests are not asked while {@link #maxUsd} is set.
   *
   * @throws IllegalArgumentException if it is not from 1 to 10,000,000
   */
  public WarmUpBuilder unstatedOutputTokens(long tokens) {
    require(tokens >= 1 && tokens <= 10_000_000, "unstatedOutputTokens", tokens);
    this.unstatedOutputTokens = tokens;
    return this;
  }

  /**
   * Sets after how many calls in a row that fail, or whose answer is not kept, the warm-up ends.
   * Defaults to 10. It ends at once if Bedrock refuses the credentials.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public WarmUpBuilder stopAfter(int callsInARow) {
    require(callsInARow >= 1, "stopAfter", callsInARow);
    this.stopAfter = callsInARow;
    return this;
  }

  /**
   * Sets the file that remembers how far the warm-up has come, so that the next one over the same
   * file of requests resumes there. It is written at most once a second, and deleted when every
   * line has been dealt with. One warm-up uses it at a time; an empty file beside it, whose name
   * ends in {@code .lock}, sees to that and stays. If it is not set, the next warm-up begins at the
   * first line. It skips cached answers, but asks again for those that were not kept.
   */
  public WarmUpBuilder stateFile(Path file) {
    this.stateFile = Objects.requireNonNull(file, "file");
    return this;
  }

  /** Sets the listener, such as {@link ProgressLine#to}. If it is not set, there is none. */
  public WarmUpBuilder listener(WarmUpListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /** Sets the clock that paces the calls. Defaults to the machine's. */
  public WarmUpBuilder time(TimeSource time) {
    this.time = Objects.requireNonNull(time, "time");
    return this;
  }

  /**
   * Sets how long {@link WarmUpRun#close} lets calls under way finish before it interrupts them.
   * Defaults to 60 s.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public WarmUpBuilder finishWithin(Duration limit) {
    if (limit.isNegative()) {
      throw new IllegalArgumentException("finishWithin is " + limit + ": choose zero or more");
    }
    this.finishWithin = limit;
    return this;
  }

  /** Sets how a worker waits for the rate. */
  WarmUpBuilder pausing(Pause how) {
    this.pause = how;
    return this;
  }

  /**
   * Returns the warm-up.
   *
   * @throws IllegalStateException if there is no client, the client retries calls itself, or
   *     neither {@link #maxUsd} nor {@link #maxCalls} is set
   */
  public WarmUp build() {
    if (caller == null) {
      throw new IllegalStateException("No client is set: call client or asyncClient");
    }
    if (maxUsd == null && maxCalls == Long.MAX_VALUE) {
      throw new IllegalStateException("No limit is set: call maxUsd or maxCalls");
    }
    int attempts = caller.attempts();
    if (attempts > 1) {
      throw new IllegalStateException(
          "The client sends up to "
              + attempts
              + " requests for a call, which rate and budget cannot count: build a client for the"
              + " warm-up with AwsRetryStrategy.doNotRetry()");
    }
    return new WarmUp(new Settings(this, caller));
  }

  private static void require(boolean possible, String name, Object value) {
    if (!possible) {
      throw new IllegalArgumentException(name + " is " + value + ", which is not possible");
    }
  }
}
