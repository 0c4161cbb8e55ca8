package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.warmup.Checkpoint.State;
import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The file in which a warm-up remembers how far it has come. It is locked while the warm-up runs:
 * two at a time would ask the same questions twice. The lock is on an empty file beside it, because
 * the file itself is replaced at each write; a process that is killed loses the lock. Thread-safe.
 */
final class StateFile implements Closeable {
  private static final int MAX_BYTES = 1 << 20;

  private final Path file;
  private final FileChannel lock;

  private StateFile(Path file, FileChannel lock) {
    this.file = file;
    this.lock = lock;
  }

  /**
   * Opens the file for a warm-up.
   *
   * @throws IOException if another warm-up has it open, or no file can be written beside it
   */
  static StateFile open(Path file) throws IOException {
    FileChannel lock =
        FileChannel.open(
            file.resolveSibling(file.getFileName() + ".lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    try {
      if (lock.tryLock() != null) {
        return new StateFile(file, lock);
      }
    } catch (OverlappingFileLockException ofThisProcess) { // as if another process had it
      lock.close();
      throw problem(file, "is used by another warm-up");
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
    lock.close();
    throw problem(file, "is used by another warm-up");
  }

  /**
   * Reads a file.
   *
   * @return its state, or {@link State#NONE} if there is no file
   * @throws IOException if it cannot be read or is not such a file
   */
  static State read(Path file) throws IOException {
    if (Files.notExists(file)) { // the first run
      return State.NONE;
    }
    if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
      throw problem(file, "is not a state file");
    }
    List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    try {
      return Checkpoint.parse(lines);
    } catch (RuntimeException malformed) {
      throw (IOException) problem(file, "is not a state file of this version").initCause(malformed);
    }
  }

  /**
   * Replaces the file, so that it is the old one or the new one whenever the process or the machine
   * stops. An interrupt does not disturb it.
   */
  synchronized void write(Checkpoint checkpoint) throws IOException {
    // A new name each time: whatever else has a name like the file's is left alone.
    Path whole =
        Files.createTempFile(
            file.toAbsolutePath().getParent(), file.getFileName().toString(), ".new");
    try {
      try (FileOutputStream out = new FileOutputStream(whole.toFile())) {
        out.write(checkpoint.text().getBytes(StandardCharsets.US_ASCII));
        out.getFD().sync(); // otherwise the name may survive a power cut without the content
      }
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  /** Deletes the file: every line has been dealt with. */
  void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  /** Lets another warm-up use the file. */
  @Override
  public void close() throws IOException {
    lock.close();
  }

  private static FileSystemException problem(Path file, String reason) {
    return new FileSystemException(file.toString(), null, reason);
  }
}
