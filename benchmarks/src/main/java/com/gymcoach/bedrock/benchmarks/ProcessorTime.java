package com.gymcoach.bedrock.benchmarks;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
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

  /** Returns that of each thread that lives. */
  static Map<String, Long> ofThreads() throws IOException {
    Map<String, Long> nanos = new HashMap<>();
    for (File task : Objects.requireNonNull(TASKS.listFiles(), "This needs Linux")) {
      try {
        nanos.put(task.getName(), read(new File(task, "schedstat")));
      } catch (FileNotFoundException ended) {
        // the thread has ended meanwhile
      }
    }
    return nanos;
  }

  /** Returns that of the process since then. A sum would be less once a thread has ended. */
  static long ofProcessSince(Map<String, Long> threads) throws IOException {
    long nanos = 0;
    for (Map.Entry<String, Long> each : ofThreads().entrySet()) {
      nanos += each.getValue() - threads.getOrDefault(each.getKey(), 0L);
    }
    return nanos;
  }

  /** Returns that of all threads that live. */
  static long ofProcess() throws IOException {
    return ofProcessSince(Map.of());
  }

  private static long read(File schedstat) throws IOException {
    try (FileInputStream in = new FileInputStream(schedstat)) {
      String ran = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return Long.parseLong(ran, 0, ran.indexOf(' '), 10);
    }
  }
}
