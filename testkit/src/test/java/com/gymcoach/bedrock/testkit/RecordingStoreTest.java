package com.gymcoach.bedrock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.testkit.StoredAnswer.Head;
import com.gymcoach.bedrock.testkit.StoredAnswer.Times;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings without a cache before them, whose memory may have lost any answer. */
class RecordingStoreTest {
  private static final EntryAddress ADDRESS =
      new EntryAddress(
          new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE),
          "Converse",
          new Digest(5, 6, 7, 8));

  @TempDir Path folder;

  private RecordingStore store(boolean refreshes) {
    return new RecordingStore(folder, refreshes, new SecretFilter(true, List.of()));
  }

  private static void write(RecordingStore store) {
    StoredAnswer answer =
        new StoredAnswer(
            1,
            Asked.MODEL,
            Times.from(Instant.EPOCH, Duration.ofDays(1)),
            new Markers(Marker.NONE, Marker.NONE, Marker.NONE),
            null,
            new Head(200, "OK", new TreeMap<>()),
            "{\"stopReason\":\"end_turn\"}".getBytes(UTF_8));
    byte[] entry = new EntryFormat("recordings").write(ADDRESS, answer);
    store.write(ADDRESS, entry, Instant.MAX).toCompletableFuture().join();
  }

  private static byte @Nullable [] read(RecordingStore store) {
    return store.read(new StoreQuery(ADDRESS, true, false)).toCompletableFuture().join().envelope();
  }

  @Test
  void read_inARefresh_findsWhatThisRunHasWrittenAlone() {
    write(store(false));
    assertThat(read(store(false))).isNotNull();
    RecordingStore refresh = store(true);
    assertThat(read(refresh)).isNull();
    write(refresh);
    assertThat(read(refresh)).isNotNull();
  }
}
