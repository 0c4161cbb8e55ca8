package com.gymcoach.bedrock.cache.internal.live;

import com.gymcoach.bedrock.cache.LiveSettings;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.time.Moment;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The live settings as this process knows them. They are read in the background, twice in {@code
 * maxAge}, and look-ups bring them too. After a freeze they may be older than {@code maxAge}: then
 * a call refreshes them first. The last valid settings stay in force while reads fail. Thread-safe.
 */
public final class SettingsWatch implements AutoCloseable {
  /** Background reads are at least a second apart, however short the invalidation delay is. */
  private static final Duration LEAST_AGE = Duration.ofSeconds(2);

  private final Source source;
  private final Duration maxAge;
  private final Environment environment;
  private final Consumer<Throwable> failures;
  private volatile boolean closed;

  /** The settings in force, and when the read that returned them began. */
  private record Known(LiveSettings settings, @Nullable Moment asOf) {}

  private final AtomicReference<Known> known =
      new AtomicReference<>(new Known(LiveSettings.NONE, null));
  private final AtomicReference<@Nullable Attempt> last = new AtomicReference<>();

  /** The text that could not be parsed, by its hash, so that it is reported once. */
  private volatile int reported;

  /** Where the settings are read from. */
  public interface Source {
    /** Starts a read of the settings' text. Never blocks, and may fail or throw. */
    CompletionStage<String> read();

    /** Returns how long a call may wait for a read. */
    Duration budget();
  }

  /**
   * A read in progress or ended.
   *
   * @param mayWait whether calls may wait for it. They do not wait again and again while the source
   *     fails
   */
  private record Attempt(Moment began, CompletableFuture<Boolean> ended, boolean mayWait) {
    boolean worked() {
      return ended.isDone() && ended.getNow(false);
    }
  }

  /**
   * Creates a watch, which reads nothing until {@link #start}.
   *
   * @param maxAge how old the settings of a call may be; at least 2 s
   * @param failures receives what broke, once for each unusable text
   */
  public SettingsWatch(
      Source source, Duration maxAge, Environment environment, Consumer<Throwable> failures) {
    this.source = source;
    this.maxAge = maxAge.compareTo(LEAST_AGE) < 0 ? LEAST_AGE : maxAge;
    this.environment = environment;
    this.failures = failures;
  }

  /** Starts to read in the background, until the watch is closed or forgotten. */
  public void start() {
    again(new WeakReference<>(this), maxAge.dividedBy(2), environment);
  }

  /** Holds the watch weakly, so that an abandoned cache does not read its settings for ever. */
  private static void again(
      WeakReference<SettingsWatch> watch, Duration period, Environment environment) {
    CompletableFuture<?> unused =
        environment
            .timers()
            .after(period)
            .thenRunAsync(
                () -> {
                  SettingsWatch now = watch.get();
                  if (now != null && !now.closed) {
                    now.tick(period);
                    again(watch, period, environment);
                  }
                },
                environment.fallback());
  }

  private void tick(Duration period) {
    if (age(known().asOf()) >= period.toNanos()) { // younger: a look-up has brought them
      begin();
    }
  }

  /** Returns the settings in force. */
  public LiveSettings settings() {
    return known().settings();
  }

  /** Returns whether a call should {@link #refresh} the settings before it uses them. */
  public boolean isOutdated() {
    if (closed || age(known().asOf()) <= maxAge.toNanos()) {
      return false;
    }
    Attempt attempt = last.get();
    return attempt == null
        || !isYoung(attempt)
        || (attempt.mayWait()
            && !attempt.ended().isDone()
            && age(attempt.began()) < source.budget().toNanos());
  }

  /** Returns how long a call may wait for a refresh. */
  public Duration budget() {
    return source.budget();
  }

  /** Returns a stage that ends, and never fails, when the settings have been read. */
  public CompletionStage<?> refresh() {
    Attempt attempt = last.get();
    return attempt != null && isYoung(attempt) ? attempt.ended() : begin().ended();
  }

  private boolean isYoung(Attempt attempt) {
    return age(attempt.began()) <= maxAge.toNanos();
  }

  private Attempt begin() {
    Moment now = Moment.now(environment.time());
    Attempt before = last.get();
    if (before != null && !before.ended().isDone() && isYoung(before)) {
      return before;
    }
    boolean mayWait = before == null || before.worked() || !isYoung(before);
    Attempt attempt = new Attempt(now, new CompletableFuture<>(), mayWait);
    if (!last.compareAndSet(before, attempt)) {
      return begin(); // another thread was faster
    }
    CompletableFuture<?> unused =
        read()
            .whenComplete(
                (text, failure) -> {
                  boolean worked = failure == null && text != null;
                  if (worked) {
                    seen(text, now);
                  } else {
                    failed(failure == null ? new IllegalStateException("null") : failure);
                  }
                  attempt.ended().complete(worked);
                });
    return attempt;
  }

  private CompletableFuture<String> read() {
    try {
      return WaitStrategy.plain(source.read());
    } catch (Throwable broken) { // a source is the service's code
      return CompletableFuture.failedFuture(broken);
    }
  }

  /**
   * Takes settings that were read.
   *
   * @param began when the read began: settings that were read later stay in force
   */
  public void seen(String text, Moment began) {
    LiveSettings settings;
    try {
      settings = LiveSettings.parse(text);
      reported = 0;
    } catch (RuntimeException unusable) {
      settings = null;
      int hash = text.hashCode() | 1; // not 0, which stands for none
      if (reported != hash) {
        reported = hash;
        failed(unusable);
      }
    }
    LiveSettings valid = settings;
    known.updateAndGet(
        before ->
            before.asOf() != null && began.isBefore(before.asOf())
                ? before
                : new Known(valid == null ? before.settings() : valid, began));
  }

  private void failed(Throwable failure) {
    try {
      failures.accept(failure);
    } catch (Throwable uncountable) {
      // the settings in force matter more than the count
    }
  }

  private Known known() {
    return Objects.requireNonNull(known.get());
  }

  private long age(@Nullable Moment since) {
    return since == null
        ? Long.MAX_VALUE
        : since.nanosUntil(environment.time().nanoTime(), environment.time().epochMillis());
  }

  /** Stops reading. Safe to call twice. */
  @Override
  public void close() {
    closed = true;
  }
}
