package com.gymcoach.bedrock.dynamodb;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A {@link Service} as the test sees it that starts, freezes and kills it. */
final class ServiceProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process process;
  private final Path log;
  private final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
  private final Thread reader = new Thread(this::read, "service-reports");

  ServiceProcess(ProcessBuilder command, Path log) throws IOException {
    this.log = log;
    this.process = command.redirectError(log.toFile()).start();
    reader.setDaemon(true);
    reader.start();
  }

  /** Returns whether processes can be frozen and watched here. */
  static boolean canFreeze() {
    return Files.isExecutable(Path.of("/bin/kill"))
        && Files.isDirectory(Path.of("/proc/self/task"));
  }

  /** Returns the next report, in the order in which they were made. */
  Report next(Duration patience) throws InterruptedException {
    Report report = reports.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (report == null) {
      throw new AssertionError("The service says nothing for " + patience + "; " + said());
    }
    return report;
  }

  Report next() throws InterruptedException {
    return next(PATIENCE);
  }

  /** Kills it by SIGKILL, and waits until it has ended. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("The process outlives SIGKILL");
    }
  }

  /** Returns the reports of a service that has ended. */
  List<Report> rest() throws InterruptedException {
    reader.join(PATIENCE.toMillis());
    List<Report> rest = new ArrayList<>();
    reports.drainTo(rest);
    return rest;
  }

  /** Stops it by SIGSTOP, and waits until none of its threads runs. */
  void freeze() throws IOException, InterruptedException {
    signal("STOP");
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (isRunning()) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("The process outlives SIGSTOP");
      }
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
    }
  }

  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  /** Returns what it said on its standard error, for a failure's message. */
  String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() {
    process.destroyForcibly(); // which a frozen one does not outlive either
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("/bin/kill", "-" + name, "" + process.pid()).start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException("kill -" + name + " failed; " + said());
    }
  }

  /** Asks the kernel for the state of each thread: what follows the name, which may hold spaces. */
  private boolean isRunning() throws IOException {
    try (var threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
      for (Path thread : threads.toList()) {
        String stat = Files.readString(thread.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return true;
        }
      }
      return false;
    } catch (NoSuchFileException gone) {
      return true; // a thread has just ended
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
      lines.lines().map(Report::parse).forEach(reports::add);
    } catch (IOException | UncheckedIOException ended) {
      // With the process.
    }
  }
}
