package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.warmup.Checkpoint.State;
import com.gymcoach.bedrock.warmup.LineSource.Outlook;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Asks the requests of a file before traffic arrives, so that the cache has their answers. Skips
 * cached answers, keeps to a rate and a budget, and can be cancelled and resumed.
 *
 * <pre>{@code
 * WarmUp warmUp =
 *     WarmUp.builder(Path.of("requests.jsonl.gz"))
 *         .client(bedrock) // configured as the service's own, but without retries
 *         .requestsPerSecond(2)
 *         .maxUsd(5)
 *         .stateFile(Path.of("requests.state"))
 *         .listener(ProgressLine.to(System.err))
 *         .build();
 *
 * System.err.println(warmUp.plan().text()); // calls no model
 * WarmUpReport report = warmUp.run();
 * }</pre>
 *
 * <p>The file has a {@link RequestLine} a line, and may be compressed with gzip. A line that is
 * malformed or longer than 16 MiB is counted, reported by its number and skipped. The file is read
 * as a stream, whatever its size.
 *
 * <p>Thread-safe. Holds nothing open between runs; clients and cache stay the caller's.
 */
public final class WarmUp {
  private final Settings settings;

  WarmUp(Settings settings) {
    this.settings = settings;
  }

  /** Returns a builder for a file of requests. */
  public static WarmUpBuilder builder(Path requests) {
    return new WarmUpBuilder(requests);
  }

  /**
   * Reads the file and looks each request up, and returns what a run would do and may cost. Never
   * calls Bedrock. Reads the store for each line that memory does not answer.
   *
   * @throws IOException if the file or the state file cannot be read
   * @throws InterruptedException if the thread is interrupted
   */
  public WarmUpPlan plan() throws IOException, InterruptedException {
    return Planner.plan(settings, outlook());
  }

  /**
   * Starts a run in the background, on daemon threads, and returns it. Close it.
   *
   * @throws IOException if the file or the state file cannot be read, or the state file cannot be
   *     written or is used by another warm-up
   */
  public WarmUpRun start() throws IOException {
    StateFile state = settings.stateFile == null ? null : StateFile.open(settings.stateFile);
    try {
      return WarmUpRun.start(settings, outlook(), state);
    } catch (IOException | RuntimeException | Error notStarted) {
      if (state != null) {
        state.close();
      }
      throw notStarted;
    }
  }

  /**
   * Runs to the end and returns the report. If the thread is interrupted, it cancels the run, lets
   * calls under way finish as {@link WarmUpRun#close} does, and returns with the thread
   * interrupted.
   *
   * @throws IOException if the file or the state file cannot be read, or the state file cannot be
   *     written or is used by another warm-up
   */
  public WarmUpReport run() throws IOException {
    try (WarmUpRun run = start()) {
      return run.await();
    }
  }

  private Outlook outlook() throws IOException {
    return Outlook.of(
        settings.requests,
        settings.stateFile == null ? State.NONE : StateFile.read(settings.stateFile));
  }
}
