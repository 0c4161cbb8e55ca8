package com.gymcoach.bedrock.benchmarks;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * For how many nanoseconds threads have run, as Linux's scheduler says: on a machine that does
 * other things the clock lies, and the JVM's own figure may be as coarse as a tick.
 */
final class ProcessorTime {
  private static final File TASKS = new File("/proc/self/task");
  private static final File THIS_THREAD = new File("/proc/thread-self/schedstat");

  private ProcessorTime() {}

  /** Returns whether this machine says it. */
  static boolean isKnown() {
    return THIS_THREAD.canRead();
  }

  /** Returns that of this thread. */
  static long ofThread() throws IOException {
    return read(THIS_THREAD);
  }

  /** Returns that of all threads that live. */
  static long ofProcess() throws IOException {
    long nanos = 0;
    for (File task : Objects.requireNonNull(TASKS.listFiles(), "This needs Linux")) {
      try {
        nanos += read(new File(task, "schedstat"));
      } catch (FileNotFoundException ended) {
        // the thread has ended meanwhile
      }
    }
    return nanos;
  }

  private static long read(File schedstat) throws IOException {
    try (FileInputStream in = new FileInputStream(schedstat)) {
      String ran = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return Long.parseLong(ran, 0, ran.indexOf(' '), 10);
    }
  }
}
