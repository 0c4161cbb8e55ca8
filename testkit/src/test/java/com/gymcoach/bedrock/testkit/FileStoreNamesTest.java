package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Where the files are, and whose they are. */
class FileStoreNamesTest extends FileStoreCase {
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
}
