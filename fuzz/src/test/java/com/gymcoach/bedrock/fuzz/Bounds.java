package com.gymcoach.bedrock.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;

/**
 * Runs code with a limit of what it may allocate, as a multiple of the input's length, and of the
 * processor's time. Counts what the calling thread allocates, whether or not it is garbage again.
 */
public final class Bounds {
  /** Far more than any of the targets needs, and far less than one that never ends. */
  private static final long MAX_CPU_NANOS = Duration.ofSeconds(5).toNanos();

  private static final int MAX_REPEATS = 3;

  /** Multiplies what may be allocated: Jazzer's hooks allocate too, on the same thread. */
  static final String ALLOWANCE = "fuzz.allowance";

  private static final int TIMES = Integer.getInteger(ALLOWANCE, 1);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Bounds() {}

  /** A reading of an input. */
  @FunctionalInterface
  public interface Reading<T, E extends Exception> {
    /** Reads. */
    T read() throws E;
  }

  /**
   * Returns what a reading returns, which has no effects.
   *
   * @param input the input that is read
   * @param perByte how many bytes may be allocated for each byte of the input
   * @param base how many bytes may be allocated besides
   * @throws AssertionError if it needs more, whether it returns or throws
   */
  public static <T, E extends Exception> T within(
      byte[] input, long perByte, long base, Reading<T, E> reading) throws E {
    return within(base + perByte * input.length, reading);
  }

  /**
   * Returns what a reading returns, which may allocate a number of bytes. One that needs more is
   * repeated, because the first one of its kind also loads classes.
   */
  public static <T, E extends Exception> T within(long bytes, Reading<T, E> reading) throws E {
    long maxBytes = TIMES * bytes;
    Cost cost = new Cost();
    for (int repeats = 0; repeats < MAX_REPEATS; repeats++) {
      T result;
      try {
        cost.begin();
        result = reading.read();
      } catch (Exception refusal) {
        if (cost.isWithin(maxBytes)) {
          throw refusal;
        }
        continue;
      }
      if (cost.isWithin(maxBytes)) {
        return result;
      }
    }
    throw new AssertionError(cost.isTooHigh(maxBytes));
  }

  /** Measures a reading on this thread. */
  private static final class Cost {
    private final long thread = Thread.currentThread().getId();
    private long nanos;
    private long bytes;

    void begin() {
      nanos = THREADS.getThreadCpuTime(thread);
      bytes = THREADS.getThreadAllocatedBytes(thread);
    }

    boolean isWithin(long maxBytes) {
      bytes = THREADS.getThreadAllocatedBytes(thread) - bytes;
      nanos = THREADS.getThreadCpuTime(thread) - nanos;
      return bytes <= maxBytes && nanos <= MAX_CPU_NANOS;
    }

    String isTooHigh(long maxBytes) {
      return String.format(
          Locale.ROOT,
          "It allocated %,d bytes of %,d, and took %,d ms of the processor",
          bytes,
          maxBytes,
          Duration.ofNanos(nanos).toMillis());
    }
  }
}
