package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

class FileCacheStoreTest extends FileStoreCase {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void restart_whenAskedInEveryWay_answersFromTheFilesAsBedrockDid(boolean readable) {
    List<String> first;
    ConverseResponse original;
    try (BedrockCache cache = cache(readable).build()) {
      first = askAll(cache);
      original = ask(cache);
    }
    assertThat(bedrock.requests()).isEqualTo(6);
    awaitEntries(6);
    for (Compressor compressor : List.of(Compressor.standard(), Compressor.none())) {
      try (BedrockCache cache = cache(readable).compressor(compressor).build()) {
        ConverseResponse again = ask(cache);
        assertThat(CacheOutcome.of(again).source()).isEqualTo(CacheSource.WARM);
        assertThat(again.equalsBySdkFields(original)).isTrue();
        assertThat(again.responseMetadata().requestId())
            .isEqualTo(original.responseMetadata().requestId());
        assertThat(askAll(cache)).isEqualTo(first);
        assertThat(cache.stats().faults()).isEmpty();
      }
    }
    assertThat(bedrock.requests()).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void files_whateverTheirForm_tellNeitherUserNorPrompt(boolean readable) {
    try (BedrockCache cache = cache(readable).build()) {
      ask(cache);
    }
    for (Path file : files()) {
      assertThat(folder.relativize(file).toString() + text(file))
          .doesNotContain(USER)
          .doesNotContain(QUESTION);
    }
    assertThat(entries()).hasSize(1);
  }

  @Test
  void readable_whenTheEntryWasCompressed_showsTheAnswerAsIndentedJson() {
    bedrock.answerWith(request -> converseReply("Stand with your feet. ".repeat(200)));
    try (BedrockCache cache = cache(true).build()) {
      ask(cache);
    }
    assertThat(text(entries().get(0)))
        .startsWith("{\n  \"bedrock-cache\" : 1,\n")
        .contains("  \"operation\" : \"Converse\",\n")
        .contains("  \"model\" : \"" + Asked.MODEL + "\",\n")
        .contains("\"text\" : \"Stand with your feet. Stand")
        .endsWith("\n}\n");
  }

  @Test
  void readable_whenTheEntryIsSealed_keepsItSealed() {
    byte[] key = new byte[32];
    for (int run = 0; run < 2; run++) {
      try (BedrockCache cache = cache(true).sealer(EntrySealer.aes256Gcm(1, key)).build()) {
        assertThat(CacheOutcome.of(ask(cache)).cached()).isEqualTo(run > 0);
      }
    }
    assertThat(text(entries().get(0))).doesNotContain("Stand with").contains("\"entry\":\"");
    assertThat(bedrock.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ttl_whenItHasPassed_asksAgain(boolean readable) {
    ManualTime time = ManualTime.startingAt(Instant.parse("2026-11-30T12:00:00Z"));
    TtlPolicy hour = TtlPolicy.fixed(Duration.ofHours(1)).withJitter(0);
    for (int minutes : new int[] {0, 59, 2}) {
      time.advance(Duration.ofMinutes(minutes));
      try (BedrockCache cache = cache(readable).ttlPolicy(hour).timeSource(time).build()) {
        assertThat(CacheOutcome.of(ask(cache)).cached()).isEqualTo(minutes == 59);
      }
    }
    assertThat(bedrock.requests()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void invalidate_inOneCache_isObeyedByTheOtherAndErasesTheFile(boolean readable) {
    try (BedrockCache one = cache(readable).hotMaxBytes(0).build();
        BedrockCache other = cache(readable).hotMaxBytes(0).build()) {
      ask(one);
      assertThat(CacheOutcome.of(ask(other)).source()).isEqualTo(CacheSource.WARM);
      List<byte[]> before = entries().stream().map(FileStoreCase::bytes).toList();
      List<Path> names = entries();
      assertThat(one.invalidate(ALICE)).isEqualTo(1);
      assertThat(entries()).isEmpty();
      write(names.get(0), before.get(0)); // as a process that was late would have
      assertThat(CacheOutcome.of(ask(other)).cached()).isFalse();
      assertThat(bedrock.requests()).isEqualTo(2);
    }
  }

  @Test
  void write_whenAnotherFormIsThere_replacesIt() {
    byte[] old = {1};
    byte[] young = {2};
    store(true).write(ADDRESS, old, Instant.MAX);
    store(false).write(ADDRESS, young, Instant.MAX);
    assertThat(read(store(false))).isEqualTo(young);
    assertThat(read(store(true))).isNull();
    assertThat(store(true).deleteAll(ADDRESS.partition(), null)).containsExactly(ADDRESS);
    assertThat(entries()).isEmpty();
  }

  @Test
  void maxEnvelopeBytes_whenOutOfRange_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FileCacheStore.in(folder).maxEnvelopeBytes(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FileCacheStore.in(folder).maxEnvelopeBytes((256 << 20) + 1));
  }

  @Test
  void write_fromManyThreads_writesEach() {
    List<CompletableFuture<Void>> writes = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      FileCacheStore store = store(i % 2 == 0);
      EntryAddress address = new EntryAddress(ADDRESS.partition(), "chat", new Digest(0, 0, 0, i));
      writes.add(
          CompletableFuture.runAsync(() -> store.write(address, new byte[] {1}, Instant.MAX)));
    }
    writes.forEach(CompletableFuture::join);
    assertThat(entries()).hasSize(64);
  }

  @Test
  void write_whenTheFileCannotBeReplaced_failsAndLeavesNothingUnfinished() throws IOException {
    FileCacheStore store = store(false);
    store.write(ADDRESS, new byte[] {1}, Instant.MAX);
    Path file = entries().get(0);
    Files.delete(file);
    Files.createDirectories(file.resolve("in the way"));
    assertThatThrownBy(() -> store.write(ADDRESS, new byte[] {2}, Instant.MAX))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(files()).noneMatch(WholeFiles::isUnfinished);
  }

  @Test
  void readable_whenTheAnswerIsMuchLargerThanItsEntry_keepsTheEntry() {
    bedrock.answerWith(request -> converseReply("Stand with your feet. ".repeat(20_000)));
    for (int run = 0; run < 2; run++) {
      FileCacheStore small =
          FileCacheStore.in(folder).readable(true).maxEnvelopeBytes(20_000).build();
      try (BedrockCache cache = BedrockCache.builder().store(CacheStore.blocking(small)).build()) {
        assertThat(CacheOutcome.of(ask(cache)).cached()).isEqualTo(run > 0);
      }
    }
    assertThat(text(entries().get(0))).contains("\"entry\":\"");
  }

  @Test
  void ask_whenTheFolderCannotBeUsed_isAnsweredByBedrock() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    FileCacheStore store = FileCacheStore.in(file).build();
    try (BedrockCache cache =
        BedrockCache.builder().store(CacheStore.blocking(store)).hotMaxBytes(0).build()) {
      assertThat(CacheOutcome.of(ask(cache)).cached()).isFalse();
      assertThat(CacheOutcome.of(ask(cache)).cached()).isFalse();
      assertThat(cache.stats().faults()).isNotEmpty();
    }
    assertThat(bedrock.requests()).isEqualTo(2);
  }

  @Test
  void write_whenAProcessDiedWhileWriting_leavesTheOldEntryAndRemovesTheRest() throws IOException {
    store(false).write(ADDRESS, new byte[] {1}, Instant.MAX);
    Path unfinished =
        entries().get(0).resolveSibling("unfinished-123.tmp"); // as a dead process left it
    Files.write(unfinished, new byte[] {9});
    FileCacheStore next = store(false);
    assertThat(read(next)).containsExactly(1);
    next.mark(ADDRESS.partition(), null, Marker.random(), Instant.MAX);
    assertThat(unfinished).doesNotExist();
    assertThat(read(next)).containsExactly(1);
  }
}
