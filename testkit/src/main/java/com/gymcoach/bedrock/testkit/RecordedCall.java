package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.tracing.Trace;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call of a test. It is a trace, so it is current wherever the call goes: in the store, which
 * knows the file, and in the client that would ask Bedrock.
 */
final class RecordedCall implements Trace {
  private static final ThreadLocal<RecordedCall> CURRENT = new ThreadLocal<>();
  private static final Set<CacheReason> ADMITTED =
      Set.of(CacheReason.ABSENT, CacheReason.REFRESH_REQUESTED);

  /** The state of the file in which the answer is looked for. */
  enum Found {
    NOTHING,
    /** A file that is damaged, of another version, or not readable. */
    DAMAGED,
    /** An answer. If Bedrock is asked nevertheless, the cache has refused it. */
    ANSWER
  }

  private final CallContext context;
  private final CallNotes notes;
  private final PendingWrites pending;
  private volatile @Nullable String file;
  private volatile Found found = Found.NOTHING;
  private volatile boolean asked;
  private volatile boolean settled;

  /**
   * Creates a call that begins now.
   *
   * @param pending receives a stream's call that has ended before the stream is written
   */
  RecordedCall(CallContext context, CallNotes notes, PendingWrites pending) {
    this.context = context;
    this.notes = notes;
    this.pending = pending;
    notes.begun();
  }

  /** Returns the call that this thread works for, or null. */
  static @Nullable RecordedCall current() {
    return CURRENT.get();
  }

  /** Records the file in which the answer is looked for, and what was there. */
  void lookedFor(String path, Found what) {
    found = what;
    file = path;
  }

  /** Records that Bedrock is asked. */
  void asked() {
    asked = true;
  }

  /** Records that the answer has been written. */
  void written() {
    settled = true;
    pending.remove(this);
  }

  /** Records that the answer could not be written. */
  void notWritten() {
    settled = true;
    pending.remove(this);
    notes.problem(describe() + ", and the answer could not be written: see the log");
  }

  /** Returns whether the answer has been written, or could not be. */
  boolean isSettled() {
    return settled;
  }

  /** Returns the exception for a call that is not recorded, and has the test fail. */
  UnrecordedCallException unrecorded() {
    String path = file;
    String why =
        path == null
            ? " with a request that is never recorded: it overrides headers or the like, or refers"
                + " to a draft. Change the request."
            : fault(path);
    String message = describe() + why;
    notes.problem(message);
    return UnrecordedCallException.of(message);
  }

  private String fault(String path) {
    return switch (found) {
      case NOTHING ->
          ", and there is no recording to read: "
              + path
              + ". To record it, run"
              + command("record")
              + ". If the request is as it was, this version of bedrock-cache has other keys:"
              + " refresh all recordings";
      case DAMAGED ->
          ", and this version of bedrock-cache cannot read the recording "
              + path
              + ". Restore it, or record it again by"
              + command("refresh");
      case ANSWER ->
          ", and the recording is not one of a complete answer for this version of bedrock-cache"
              + " and of the SDK: "
              + path
              + ". Record it again by"
              + command("refresh");
    };
  }

  private String command(String mode) {
    return " mvn test -Dtest='" + notes.test() + "' -Dbedrock.recordings=" + mode;
  }

  private String describe() {
    return notes.test() + " called " + context.operation() + " of " + context.modelId();
  }

  @Override
  public Scope makeCurrent() {
    RecordedCall before = CURRENT.get();
    CURRENT.set(this);
    return () -> {
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    };
  }

  @Override
  public void end(
      @Nullable CacheOutcome outcome, @Nullable TokenUsage usage, @Nullable Throwable failure) {
    if (failure == null && asked && outcome != null && !outcome.cached()) {
      CacheReason reason = outcome.reason().orElse(CacheReason.ABSENT);
      if (!ADMITTED.contains(reason)) {
        notes.problem(describe() + ", and the answer cannot be recorded: " + reason);
      } else if (!settled && context.operation().endsWith("Stream")) {
        pending.add(this);
      } else if (!settled) {
        notWritten();
      }
    }
    notes.ended();
  }
}
