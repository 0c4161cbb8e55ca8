package com.gymcoach.bedrock.testkit;

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
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps answers in a folder, so that they outlive the process: for development and tests. Several
 * processes of one machine may share the folder.
 *
 * <pre>{@code
 * BedrockCache cache =
 *     BedrockCache.builder()
 *         .store(CacheStore.blocking(FileCacheStore.in(Path.of("answers")).build()))
 *         .build();
 * }</pre>
 *
 * <p>Each entry is one file, named by the digest of its key. User ids are in no name and in no
 * file. Answers are in the files, unencrypted unless the cache has a sealer. A file is written
 * aside and then put in its place, so that a crash leaves the old one. A damaged file is a miss,
 * and its name is logged as a warning; if a marker is damaged, look-ups fail instead, because
 * invalidated answers could otherwise return. The files belong to their owner alone where the file
 * system has such permissions.
 *
 * <p>The store deletes entries only when the cache invalidates them. Delete the whole folder, or
 * any file whose name ends in {@code .entry} or {@code .json}, whenever you like. Thread-safe.
 */
public final class FileCacheStore implements BlockingCacheStore {
  private static final Logger LOG = LoggerFactory.getLogger(FileCacheStore.class);
  private static final String NAME = "files";
  private static final int DEFAULT_MAX_BYTES = 4 << 20;

  private final Path root;
  private final FolderNames names;
  private final EntryFiles files;
  private final int maxEnvelopeBytes;
  private final EntryFormat format = new EntryFormat(NAME);
  private final FolderLock lock;
  private volatile boolean closed;

  /** Whether files that another process left unfinished have been removed; under the lock. */
  private boolean swept;

  private FileCacheStore(Builder builder) {
    this.root = builder.folder.toAbsolutePath().normalize();
    this.names = new FolderNames(root);
    this.files = builder.readable ? EntryFiles.JSON : EntryFiles.BYTES;
    this.maxEnvelopeBytes = builder.maxEnvelopeBytes;
    this.lock = new FolderLock(root);
  }

  /** Returns a builder of a store in a folder, which is created by the first write. */
  public static Builder in(Path folder) {
    return new Builder(folder);
  }

  /** Builds a {@link FileCacheStore}. Not thread-safe. */
  public static final class Builder {
    private final Path folder;
    private boolean readable;
    private int maxEnvelopeBytes = DEFAULT_MAX_BYTES;

    private Builder(Path folder) {
      this.folder = Objects.requireNonNull(folder, "folder");
    }

    /**
     * Sets whether entries are written as indented JSON, with the answer as Bedrock gave it, for
     * people to read. An entry that the cache has sealed, or compressed with a dictionary of the
     * service's own, stays unreadable. Entries in the other form are not found, and are replaced.
     * Defaults to false.
     */
    public Builder readable(boolean readable) {
      this.readable = readable;
      return this;
    }

    /**
     * Sets the size of the largest entry, in bytes. Larger answers stay in memory. Defaults to 4
     * MiB.
     *
     * @throws IllegalArgumentException if it is not from 1 to 256 MiB
     */
    public Builder maxEnvelopeBytes(int maxEnvelopeBytes) {
      if (maxEnvelopeBytes < 1 || maxEnvelopeBytes > 256 << 20) {
        throw new IllegalArgumentException(
            "maxEnvelopeBytes is " + maxEnvelopeBytes + ": choose from 1 to 256 MiB");
      }
      this.maxEnvelopeBytes = maxEnvelopeBytes;
      return this;
    }

    /** Builds the store. Touches no file. */
    public FileCacheStore build() {
      return new FileCacheStore(this);
    }
  }

  /** Returns {@code files}, whatever the folder: it may be moved. */
  @Override
  public String name() {
    return NAME;
  }

  /** Returns one second: a disk may be slow, and only tests and developers wait. */
  @Override
  public Duration readBudget() {
    return Duration.ofSeconds(1);
  }

  /** Returns five seconds, because another process may hold the lock. */
  @Override
  public Duration writeBudget() {
    return Duration.ofSeconds(5);
  }

  @Override
  public int maxEnvelopeBytes() {
    return maxEnvelopeBytes;
  }

  @Override
  public StoreRead read(StoreQuery query) {
    requireOpen();
    EntryAddress address = query.address();
    Path endpoint = names.folder(address.partition(), address.endpoint());
    try {
      Markers markers = // before the entry, so that they are no later than it
          new Markers(
              marker(names.folder(address.partition(), null)),
              marker(endpoint),
              query.withNamespaceMarker()
                  ? marker(names.namespace(address.partition().namespace()))
                  : null);
      return new StoreRead(query.withEntry() ? entry(address) : null, markers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void write(EntryAddress address, byte[] envelope, Instant retainUntil) {
    byte[] content = files.content(format, address, envelope, maxFileBytes());
    change(
        () -> {
          WholeFiles.replace(names.file(address, files), content);
          for (EntryFiles other : EntryFiles.values()) {
            if (other != files) { // of a store that was built differently: older from now on
              Files.deleteIfExists(names.file(address, other));
            }
          }
          return true;
        });
  }

  @Override
  public void mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
    mark(names.folder(partition, endpoint), marker);
  }

  /** Puts a marker in force for a whole namespace: for an operator, and for the contract. */
  void markNamespace(String namespace, Marker marker) {
    mark(names.namespace(namespace), marker);
  }

  private void mark(Path folder, Marker marker) {
    change(
        () -> {
          WholeFiles.replace(
              folder.resolve(FolderNames.MARKER), SummedContent.wrap(marker.bytes()));
          return true;
        });
  }

  @Override
  public Set<EntryAddress> deleteAll(Partition partition, @Nullable String endpoint) {
    return change(
        () -> {
          Set<EntryAddress> deleted = new HashSet<>();
          if (endpoint != null) {
            deleteIn(partition, endpoint, deleted);
            return deleted;
          }
          try (DirectoryStream<Path> all =
              Files.newDirectoryStream(names.folder(partition, null))) {
            for (Path each : all) {
              if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) { // no marker, no .DS_Store
                deleteIn(partition, FolderNames.endpoint(each), deleted);
              }
            }
          } catch (NoSuchFileException absent) { // then there is nothing to delete
            return deleted;
          }
          return deleted;
        });
  }

  private void deleteIn(Partition partition, String endpoint, Set<EntryAddress> deleted)
      throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(names.folder(partition, endpoint))) {
      for (Path file : all) {
        Digest key = FolderNames.key(file);
        if (key != null && Files.deleteIfExists(file)) {
          deleted.add(new EntryAddress(partition, endpoint, key));
        }
      }
    } catch (NoSuchFileException absent) { // then there is nothing to delete
      return;
    }
  }

  /** Refuses later calls. The files stay. */
  @Override
  public void close() {
    closed = true;
  }

  private byte @Nullable [] entry(EntryAddress address) {
    Path file = names.file(address, files);
    try {
      byte[] content = WholeFiles.read(file, maxFileBytes());
      return content == null ? null : files.entry(format, address, content);
    } catch (IOException | RuntimeException damaged) {
      // Neither its path nor its content: a path may contain a name, and a parser's message may
      // quote the content.
      LOG.warn(
          "The file {} cannot be read and counts as absent ({}): delete it",
          FolderNames.last(file),
          damaged.getClass().getSimpleName());
      return null;
    }
  }

  private static Marker marker(Path folder) throws IOException {
    byte[] content =
        WholeFiles.read(folder.resolve(FolderNames.MARKER), SummedContent.OVERHEAD + Marker.BYTES);
    return content == null ? Marker.NONE : Marker.of(SummedContent.unwrap(content));
  }

  /** Makes a change while no other thread or process makes one. */
  private <T> T change(FolderLock.Task<T> task) {
    requireOpen();
    try {
      return lock.during(
          () -> {
            sweep();
            return task.run();
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes files that a process left unfinished: with the lock held, none is being written. */
  private void sweep() throws IOException {
    if (swept) {
      return;
    }
    try (var all = Files.walk(root)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        if (WholeFiles.isUnfinished(file)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    swept = true;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("The store is closed");
    }
  }

  private int maxFileBytes() {
    return 2 * maxEnvelopeBytes + (64 << 10); // Base64 makes an entry a third larger
  }
}
