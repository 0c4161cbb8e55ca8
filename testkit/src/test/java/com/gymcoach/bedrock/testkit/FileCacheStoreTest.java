package com.gymcoach.bedrock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

class FileCacheStoreTest {
  private static final String QUESTION = "How do I squat?";
  private static final String USER = "alice-of-wonderland";
  private static final CacheScope ALICE = CacheScope.user(USER).endpoint("chat");
  private static final EntryAddress ADDRESS =
      new EntryAddress(
          new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE),
          "chat",
          new Digest(5, 6, 7, 8));

  private final BedrockStandIn bedrock = BedrockStandIn.start();
  private final BedrockRuntimeClient real = LocalClients.sync(bedrock.endpoint(), Region.US_EAST_1);
  private final BedrockRuntimeAsyncClient realAsync =
      LocalClients.async(bedrock.endpoint(), Region.US_EAST_1);
  @TempDir Path folder;

  @AfterEach
  void stop() {
    real.close();
    realAsync.close();
    bedrock.close();
  }

  private FileCacheStore store(boolean readable) {
    return FileCacheStore.in(folder).readable(readable).build();
  }

  private BedrockCacheBuilder cache(boolean readable) {
    return BedrockCache.builder().store(CacheStore.blocking(store(readable)));
  }

  private ConverseResponse ask(BedrockCache cache) {
    return CachingBedrockClient.create(real, cache)
        .forScope(ALICE)
        .converse(Asked.request(QUESTION));
  }

  private List<String> askAll(BedrockCache cache) {
    return Asked.all(
        CachingBedrockClient.create(real, cache).forScope(ALICE),
        CachingBedrockAsyncClient.create(realAsync, cache).forScope(ALICE),
        QUESTION);
  }

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

  /** A stream is written after its caller has gone on. */
  private void awaitEntries(int count) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (entries().size() < count && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(entries()).hasSize(count);
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

  private static BedrockStandIn.Reply converseReply(String text) {
    return BedrockStandIn.Reply.json(
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\""
            + text
            + "\"}]}},\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":1,\"outputTokens\":2,"
            + "\"totalTokens\":3},\"metrics\":{\"latencyMs\":1}}");
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
      List<byte[]> before = entries().stream().map(FileCacheStoreTest::bytes).toList();
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
  void maxEnvelopeBytes_whenOutOfRange_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FileCacheStore.in(folder).maxEnvelopeBytes(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FileCacheStore.in(folder).maxEnvelopeBytes((256 << 20) + 1));
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

  /** As the Finder of macOS leaves one in each folder that it has shown. */
  @Test
  void deleteAll_whenAFileOfAnotherProgramIsThere_passesOverIt() throws IOException {
    FileCacheStore store = store(true);
    store.write(ADDRESS, new byte[] {1}, Instant.MAX);
    Path endpoint = Objects.requireNonNull(entries().get(0).getParent());
    Files.createFile(endpoint.resolve(".DS_Store"));
    Files.createFile(endpoint.resolveSibling(".DS_Store"));
    assertThat(store.deleteAll(ADDRESS.partition(), null)).containsExactly(ADDRESS);
    assertThat(endpoint.resolve(".DS_Store")).exists();
  }

  /** Windows has devices of these names in every folder. */
  @Test
  void names_ofDevices_areNotThoseOfFolders() {
    FileCacheStore store = store(false);
    List<String> devices = List.of("con", "aux", "nul", "prn", "com1", "lpt9");
    for (String name : devices) {
      Partition partition = new Partition(name, new Digest(1, 2, 3, 4), Partition.WHOLE);
      EntryAddress address = new EntryAddress(partition, name, ADDRESS.key());
      store.write(address, new byte[] {1}, Instant.MAX);
      assertThat(store.deleteAll(partition, null)).containsExactly(address);
    }
    try (Stream<Path> all = Files.walk(folder)) {
      assertThat(all.map(path -> String.valueOf(path.getFileName())))
          .doesNotContainAnyElementsOf(devices)
          .contains("%63on", "%6Cpt9".toLowerCase(Locale.ROOT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Some file systems do not tell upper case from lower case. */
  @Test
  void names_thatDifferInCaseAlone_areNotThoseOfOneFolder() {
    FileCacheStore store = store(false);
    for (String name : List.of("chat", "Chat", "CHAT")) {
      Partition partition = new Partition(name, new Digest(1, 2, 3, 4), Partition.WHOLE);
      store.write(new EntryAddress(partition, name, ADDRESS.key()), new byte[] {1}, Instant.MAX);
    }
    assertThat(entries().stream().map(path -> path.toString().toLowerCase(Locale.ROOT)).distinct())
        .hasSize(3);
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
  void names_whateverTheyAre_stayInTheFolder() throws IOException {
    Path inside = folder.resolve("a").resolve("b");
    FileCacheStore store = FileCacheStore.in(inside).build();
    List<String> names =
        List.of("..", ".", "../x", "/tmp/x", "a\\b", "C:", "unfinished-1.tmp", "é");
    List<EntryAddress> addresses = new ArrayList<>();
    for (String namespace : names) {
      for (String endpoint : names) {
        Partition partition = new Partition(namespace, new Digest(1, 2, 3, 4), 3);
        addresses.add(new EntryAddress(partition, endpoint, ADDRESS.key()));
      }
    }
    for (int i = 0; i < addresses.size(); i++) {
      EntryAddress address = addresses.get(i);
      store.write(address, new byte[] {(byte) i}, Instant.MAX);
      store.mark(address.partition(), address.endpoint(), new Marker(7, i), Instant.MAX);
    }
    FileCacheStore again = FileCacheStore.in(inside).build();
    for (int i = 0; i < addresses.size(); i++) {
      EntryAddress address = addresses.get(i);
      assertThat(again.read(new StoreQuery(address, true, false)).envelope()).containsExactly(i);
      assertThat(again.deleteAll(address.partition(), address.endpoint())).containsExactly(address);
    }
    try (Stream<Path> all = Files.walk(folder)) {
      assertThat(all.filter(Files::isRegularFile)).allMatch(file -> file.startsWith(inside));
    }
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

  @Test
  void files_whereTheSystemHasPermissions_belongToTheirOwnerAlone() throws IOException {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no POSIX");
    Path inside = folder.resolve("store");
    FileCacheStore store = FileCacheStore.in(inside).build();
    store.write(ADDRESS, new byte[] {1}, Instant.MAX);
    store.mark(ADDRESS.partition(), null, Marker.random(), Instant.MAX);
    try (Stream<Path> all = Files.walk(inside)) {
      for (Path each : all.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
            .as(each.toString())
            .isEqualTo(Files.isDirectory(each) ? "rwx------" : "rw-------");
      }
    }
  }

  private static byte @Nullable [] read(FileCacheStore store) {
    return store.read(new StoreQuery(ADDRESS, true, false)).envelope();
  }

  private static String logged(Runnable code) {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(log, true, UTF_8));
    try {
      code.run();
    } finally {
      System.setErr(before);
    }
    return log.toString(UTF_8);
  }

  private List<Path> entries() {
    return files().stream()
        .filter(file -> file.toString().endsWith(".entry") || file.toString().endsWith(".json"))
        .toList();
  }

  private List<Path> files() {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    return new String(bytes(file), UTF_8);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, byte[] content) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
