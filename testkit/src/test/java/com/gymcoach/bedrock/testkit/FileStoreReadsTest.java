package com.gymcoach.bedrock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** A file that cannot be read as an entry is a miss. */
class FileStoreReadsTest extends FileStoreCase {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void read_whenTheFileIsCutAnywhere_isAMissThatNamesTheFileAlone(boolean readable) {
    try (BedrockCache cache = cache(readable).build()) {
      ask(cache);
    }
    Path file = entries().get(0);
    byte[] whole = bytes(file);
    for (int length : new int[] {0, 1, 7, 30, whole.length / 2, whole.length - 3}) {
      write(file, Arrays.copyOf(whole, length));
      String logged =
          logged(
              () -> {
                try (BedrockCache cache = cache(readable).build()) {
                  ConverseResponse again =
                      CachingBedrockClient.create(real, cache)
                          .forScope(ALICE)
                          .converse(CacheControl.NO_STORE.applyTo(Asked.request(QUESTION)));
                  assertThat(CacheOutcome.of(again).cached()).isFalse();
                  assertThat(cache.stats().faults()).isEmpty();
                }
              });
      assertThat(logged)
          .contains(String.valueOf(file.getFileName()))
          .doesNotContain(folder.toString())
          .doesNotContain("Stand");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void read_whenTheFileWasCopiedFromAnotherAddress_isAMiss(boolean readable) {
    try (BedrockCache cache = cache(readable).build()) {
      ask(cache);
      Path file = entries().get(0);
      byte[] content = bytes(file);
      CachingBedrockClient.create(real, cache).forScope(ALICE).converse(Asked.request("Other?"));
      entries().forEach(each -> write(each, content));
    }
    try (BedrockCache cache = cache(readable).build()) {
      ask(cache);
      CachingBedrockClient.create(real, cache).forScope(ALICE).converse(Asked.request("Other?"));
      assertThat(bedrock.requests()).isEqualTo(3); // one of the two files is in its place
    }
  }

  @Test
  void read_whenAMarkerIsDamaged_fails() {
    FileCacheStore store = store(false);
    store.mark(ADDRESS.partition(), "chat", Marker.random(), Instant.MAX);
    Path marker =
        files().stream().filter(file -> file.endsWith(".marker")).findFirst().orElseThrow();
    write(marker, Arrays.copyOf(bytes(marker), 20));
    assertThatThrownBy(() -> read(store)).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void read_whenTheFileIsTooLarge_isAMiss() {
    FileCacheStore small = FileCacheStore.in(folder).maxEnvelopeBytes(100).build();
    small.write(ADDRESS, new byte[100], Instant.MAX);
    assertThat(read(small)).hasSize(100);
    FileCacheStore readable =
        FileCacheStore.in(folder).readable(true).maxEnvelopeBytes(100).build();
    readable.write(ADDRESS, new byte[100], Instant.MAX);
    assertThat(read(readable)).hasSize(100);
    small.write(ADDRESS, new byte[100], Instant.MAX);
    write(entries().get(0), SummedContent.wrap(new byte[70_000]));
    assertThat(read(small)).isNull();
  }

  @Test
  void read_whenTheFileIsASymbolicLink_isAMiss() throws IOException {
    FileCacheStore store = store(false);
    store.write(ADDRESS, new byte[] {1}, Instant.MAX);
    Path file = entries().get(0);
    Path elsewhere = Files.move(file, folder.resolve("elsewhere"));
    Files.createSymbolicLink(file, elsewhere);
    assertThat(read(store)).isNull();
  }

  @Test
  void read_whenTheFileIsAPipe_isAMissAndDoesNotWait() throws Exception {
    FileCacheStore store = store(false);
    store.write(ADDRESS, new byte[] {1}, Instant.MAX);
    Path file = entries().get(0);
    Files.delete(file);
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "no pipes with names");
    assertThat(new ProcessBuilder("/usr/bin/mkfifo", file.toString()).start().waitFor()).isZero();
    assertThat(
            assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> Optional.ofNullable(read(store))))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "\"times\" : \\[ \"2, \"times\" : [ \"9",
    "\"times\" : \\[ \"2, \"times\" : [ \"-2",
    "\"usage\" : \\[ , \"usage\" : [ -",
    "\"status\" : 2, \"status\" : -2",
  })
  void read_whenANumberOfTheFileIsImpossible_isAMiss(String part, String changed) {
    try (BedrockCache cache = cache(true).build()) {
      ask(cache);
    }
    Path file = entries().get(0);
    String text = text(file);
    write(file, text.replaceFirst(part, changed).getBytes(UTF_8));
    assertThat(text(file)).isNotEqualTo(text);
    try (BedrockCache cache = cache(true).build()) {
      assertThat(CacheOutcome.of(ask(cache)).cached()).isFalse();
      assertThat(cache.stats().faults()).isEmpty(); // it is a file that cannot be read
    }
  }
}
