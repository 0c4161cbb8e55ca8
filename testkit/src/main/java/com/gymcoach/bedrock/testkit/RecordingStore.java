package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.testkit.RecordedCall.Found;
import com.gymcoach.bedrock.testkit.StoredAnswer.Times;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The recordings of tests: a file for each answer, named by operation and key. A recording has no
 * times, so it does not expire and is the same whenever it is made. There are no invalidations.
 *
 * <p>It reads and writes on the calling thread: only tests wait, and nothing depends on a time
 * limit. Thread-safe.
 */
final class RecordingStore implements CacheStore {
  private static final Logger LOG = LoggerFactory.getLogger(RecordedBedrock.class);
  private static final String SUFFIX = ".json";
  private static final int MAX_BYTES = 32 << 20;
  private static final Duration LIFE = Duration.ofDays(365);
  private static final Duration AMPLE = Duration.ofMinutes(1);

  private final Path folder;
  private final boolean refreshes;
  private final SecretFilter secrets;
  private final EntryFormat format = new EntryFormat("recordings");
  private final Set<String> used = ConcurrentHashMap.newKeySet();
  private final Set<String> written = ConcurrentHashMap.newKeySet();

  /**
   * Creates a store.
   *
   * @param refreshes whether recordings of earlier runs count as absent
   */
  RecordingStore(Path folder, boolean refreshes, SecretFilter secrets) {
    this.folder = folder;
    this.refreshes = refreshes;
    this.secrets = secrets;
  }

  @Override
  public String name() {
    return "recordings";
  }

  @Override
  public Duration readBudget() {
    return AMPLE;
  }

  @Override
  public Duration writeBudget() {
    return AMPLE;
  }

  @Override
  public int maxEnvelopeBytes() {
    return MAX_BYTES;
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query) {
    Markers none =
        new Markers(Marker.NONE, Marker.NONE, query.withNamespaceMarker() ? Marker.NONE : null);
    return now(() -> new StoreRead(query.withEntry() ? entry(query.address()) : null, none));
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query, Executor context) {
    return in(context, () -> read(query));
  }

  @Override
  @SuppressWarnings("NullAway") // a CompletionStage<Void> can only complete with null
  public CompletionStage<Void> write(EntryAddress address, byte[] envelope, Instant retainUntil) {
    return now(
        () -> {
          record(address, envelope);
          return null;
        });
  }

  @Override
  public CompletionStage<Void> write(
      EntryAddress address, byte[] envelope, Instant retainUntil, Executor context) {
    return in(context, () -> write(address, envelope, retainUntil));
  }

  @Override
  @SuppressWarnings("NullAway") // a CompletionStage<Void> can only complete with null
  public CompletionStage<Void> mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Set<EntryAddress>> deleteAll(
      Partition partition, @Nullable String endpoint) {
    return CompletableFuture.completedFuture(Set.of());
  }

  @Override
  public void close() {}

  /**
   * Deletes the recordings that have not been read or written since the store was made, and what a
   * process left unfinished that died while it recorded.
   */
  void deleteUnused() throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path file : all) {
        String name = String.valueOf(file.getFileName());
        if ((name.endsWith(SUFFIX) && !used.contains(name)) || WholeFiles.isUnfinished(file)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException absent) { // nothing was recorded
      return;
    }
  }

  private byte @Nullable [] entry(EntryAddress address) {
    String name = name(address);
    used.add(name);
    if (refreshes && !written.contains(name)) {
      lookedFor(name, Found.NOTHING);
      return null;
    }
    try {
      byte[] content = WholeFiles.read(folder.resolve(name), 2 * MAX_BYTES);
      if (content == null) {
        lookedFor(name, Found.NOTHING);
        return null;
      }
      StoredAnswer answer = parse(address, new String(content, StandardCharsets.UTF_8));
      lookedFor(name, answer == null ? Found.DAMAGED : Found.ANSWER); // or another call's answer
      return answer == null ? null : format.write(address, answer);
    } catch (IOException | RuntimeException damaged) {
      lookedFor(name, Found.DAMAGED);
      // Not its message, which may quote the content.
      LOG.warn(
          "The recording {} cannot be read and counts as absent ({})",
          name,
          damaged.getClass().getSimpleName());
      return null;
    }
  }

  private void lookedFor(String name, Found what) {
    RecordedCall call = RecordedCall.current();
    if (call != null) {
      call.lookedFor(folder.resolve(name).toString(), what);
    }
  }

  private void record(EntryAddress address, byte[] entry) {
    RecordedCall call = RecordedCall.current();
    try {
      StoredAnswer answer = secrets.filter(format.read(address, entry));
      String json = AnswerJson.write(format.fingerprint(address), answer, false);
      StoredAnswer again = parse(address, json);
      if (again == null || !Arrays.equals(again.body(), answer.body())) {
        throw new IOException("The answer cannot be read again");
      }
      String name = name(address);
      WholeFiles.replace(folder.resolve(name), json.getBytes(StandardCharsets.UTF_8));
      written.add(name);
      if (call != null) {
        call.written();
      }
    } catch (IOException e) {
      if (call != null) {
        call.notWritten();
      }
      LOG.warn("An answer was not recorded ({})", e.getClass().getSimpleName());
      throw new IllegalStateException("An answer was not recorded");
    }
  }

  private @Nullable StoredAnswer parse(EntryAddress address, String json) throws IOException {
    return AnswerJson.read(json, format.fingerprint(address), Times.from(Instant.now(), LIFE));
  }

  private static String name(EntryAddress address) {
    return address.endpoint() + "-" + HexFormat.of().formatHex(address.key().bytes()) + SUFFIX;
  }

  private static <T extends @Nullable Object> CompletionStage<T> now(Supplier<T> task) {
    try {
      return CompletableFuture.completedFuture(task.get());
    } catch (RuntimeException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  private static <T extends @Nullable Object> CompletionStage<T> in(
      Executor context, Supplier<CompletionStage<T>> task) {
    CompletableFuture<CompletionStage<T>> made = new CompletableFuture<>();
    context.execute(() -> made.complete(task.get()));
    return made.thenCompose(stage -> stage);
  }
}
