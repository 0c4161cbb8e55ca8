package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store in files that a second process uses at the same time. */
@Timeout(120)
class TwoProcessesTest {
  @TempDir Path folder;

  @Test
  void write_whenBothWriteTheSameEntry_isAlwaysReadWhole() throws Exception {
    FileCacheStore store = FileCacheStore.in(folder).build();
    store.write(WritingProcess.ADDRESS, WritingProcess.entry(1), Instant.MAX);
    try (ChildJvm other = ChildJvm.start(WritingProcess.class, Map.of(), "write", "" + folder)) {
      other.await("writing");
      for (int i = 0; i < 100; i++) {
        store.write(WritingProcess.ADDRESS, WritingProcess.entry(1 + i % 30), Instant.MAX);
        for (int read = 0; read < 5; read++) {
          assertWhole(store);
        }
      }
      other.await("written");
    }
    StoreRead read = store.read(new StoreQuery(WritingProcess.ADDRESS, true, false));
    assertThat(Objects.requireNonNull(read.markers()).endpoint()).isEqualTo(new Marker(1, 2));
    assertThat(store.deleteAll(WritingProcess.ADDRESS.partition(), null)).hasSize(1);
    try (Stream<Path> all = Files.walk(folder)) {
      assertThat(all.filter(Files::isRegularFile).map(file -> String.valueOf(file.getFileName())))
          .containsExactlyInAnyOrder(".lock", ".marker");
    }
  }

  private static void assertWhole(FileCacheStore store) {
    StoreRead read = store.read(new StoreQuery(WritingProcess.ADDRESS, true, false));
    byte[] entry = Objects.requireNonNull(read.envelope());
    assertThat(entry).isEqualTo(WritingProcess.entry(entry[0]));
  }

  @Test
  void write_whenTheOtherHoldsTheLock_waitsForIt() throws Exception {
    FileCacheStore store = FileCacheStore.in(folder).build();
    try (ChildJvm other =
        ChildJvm.start(WritingProcess.class, Map.of(), "hold the lock", "" + folder)) {
      other.await("held");
      CompletableFuture<Void> write =
          CompletableFuture.runAsync(
              () -> store.write(WritingProcess.ADDRESS, new byte[] {1}, Instant.MAX));
      assertThatThrownBy(() -> write.get(500, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      other.tell("go on");
      other.await("untouched");
      write.get(30, TimeUnit.SECONDS);
    }
    assertThat(folder.resolve("unfinished-1.tmp")).doesNotExist();
  }

  @Test
  void read_whenTheOtherWasKilledWhileItWrote_findsAWholeEntry() throws Exception {
    FileCacheStore store = FileCacheStore.in(folder).build();
    for (int kill = 0; kill < 3; kill++) {
      try (ChildJvm other =
          ChildJvm.start(WritingProcess.class, Map.of(), "write for ever", "" + folder)) {
        other.await("writing");
        for (int read = 0; read < 20 * kill; read++) {
          assertWhole(store);
        }
        other.kill();
      }
      assertWhole(store);
      FileCacheStore.in(folder).build().write(WritingProcess.ADDRESS, new byte[] {1}, Instant.MAX);
    }
    try (Stream<Path> all = Files.walk(folder)) {
      assertThat(all.filter(WholeFiles::isUnfinished)).isEmpty();
    }
  }
}
