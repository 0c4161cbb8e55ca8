package com.gymcoach.bedrock.examples.quickstart;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.BlockingCacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

// region file store
/** Keeps entries and markers in files, which the processes of one machine may share. */
final class FileStore implements BlockingCacheStore {
  private static final HexFormat HEX = HexFormat.of();
  private static final String MARKER = "marker"; // not hexadecimal, so no entry has this name

  private final Path directory;

  FileStore(Path directory) {
    this.directory = directory.toAbsolutePath();
  }

  @Override
  public String name() {
    return directory.toString();
  }

  @Override
  public StoreRead read(StoreQuery query) {
    EntryAddress address = query.address();
    Path partition = folder(address.partition());
    Path endpoint = partition.resolve(hex(address.endpoint()));
    Markers markers = // before the entry, so that they are no later than it
        new Markers(
            marker(partition),
            marker(endpoint),
            query.withNamespaceMarker() ? marker(namespace(address.partition())) : null);
    byte[] envelope = query.withEntry() ? content(endpoint.resolve(hex(address.key()))) : null;
    return new StoreRead(envelope, markers);
  }

  @Override
  public void write(EntryAddress address, byte[] envelope, Instant retainUntil) {
    Path endpoint = folder(address.partition()).resolve(hex(address.endpoint()));
    replace(endpoint, hex(address.key()), envelope);
  }

  @Override
  public void mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
    Path folder = folder(partition);
    Path marked = endpoint == null ? folder : folder.resolve(hex(endpoint));
    replace(marked, MARKER, marker.bytes());
  }

  @Override
  public Set<EntryAddress> deleteAll(Partition partition, @Nullable String endpoint) {
    Set<EntryAddress> deleted = new HashSet<>();
    String only = endpoint == null ? "*" : hex(endpoint);
    for (Path folder : files(folder(partition), only)) {
      String name = new String(unhex(folder), StandardCharsets.UTF_8);
      for (Path entry : files(folder, "*")) {
        if (delete(entry)) {
          deleted.add(new EntryAddress(partition, name, Digest.of(unhex(entry))));
        }
      }
    }
    return deleted;
  }

  @Override
  public void close() {}

  /** Marks a namespace: for an operator's tool, and for the contract. */
  void markNamespace(String namespace, Marker marker) {
    replace(directory.resolve(hex(namespace)), MARKER, marker.bytes());
  }

  private Path namespace(Partition partition) {
    return directory.resolve(hex(partition.namespace()));
  }

  private Path folder(Partition partition) {
    return namespace(partition).resolve(hex(partition.principal()) + "." + partition.shard());
  }

  /** Hexadecimal, because some file systems do not tell upper case from lower case. */
  private static String hex(String name) {
    return HEX.formatHex(name.getBytes(StandardCharsets.UTF_8));
  }

  private static String hex(Digest digest) {
    return HEX.formatHex(digest.bytes());
  }

  private static byte[] unhex(Path file) {
    return HEX.parseHex(String.valueOf(file.getFileName()));
  }

  private static Marker marker(Path folder) {
    byte[] bytes = content(folder.resolve(MARKER));
    return bytes == null ? Marker.NONE : Marker.of(bytes);
  }

  private static byte @Nullable [] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException absent) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Readers see the old content or the new one, never a part. */
  private static void replace(Path folder, String name, byte[] content) {
    try {
      Path whole = Files.createTempFile(Files.createDirectories(folder), "new-", "");
      Files.write(whole, content);
      Files.move(whole, folder.resolve(name), ATOMIC_MOVE, REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean delete(Path entry) {
    try {
      return Files.deleteIfExists(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the files whose names are hexadecimal: entries, or the folders of endpoints. */
  private static Set<Path> files(Path folder, String glob) {
    Set<Path> files = new HashSet<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, glob)) {
      for (Path file : all) {
        if (String.valueOf(file.getFileName()).matches("[0-9a-f]+")) {
          files.add(file);
        }
      }
    } catch (NoSuchFileException absent) {
      return Set.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}
// endregion
