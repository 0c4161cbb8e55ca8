package com.gymcoach.bedrock.testkit;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads and replaces files so that a reader sees an old content or a new one, never a part. New
 * files and folders belong to their owner alone, where the file system has such permissions.
 */
final class WholeFiles {
  private static final String UNFINISHED = "unfinished-";
  private static final String SUFFIX = ".tmp";
  private static final FileAttribute<?>[] NO_ATTRIBUTES = {};

  private WholeFiles() {}

  /**
   * Returns a file's content, or null if there is no such file. Symbolic links are not followed,
   * and pipes are not opened: that could wait for ever.
   *
   * @throws IOException if the file cannot be read, is not a regular one, or is larger than {@code
   *     maxBytes}
   */
  static byte @Nullable [] read(Path file, int maxBytes) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("Not a regular file");
    }
    try (SeekableByteChannel channel =
            Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        InputStream in = Channels.newInputStream(channel)) {
      byte[] content = in.readNBytes(maxBytes);
      if (in.read() >= 0) {
        throw new IOException("The file is larger than " + maxBytes + " bytes");
      }
      return content;
    } catch (NoSuchFileException absent) { // an absent file is a result, not a failure
      return null;
    }
  }

  /**
   * Replaces a file. The new content is on the disk before it takes the old one's place, so a crash
   * leaves the old file.
   */
  static void replace(Path file, byte[] content) throws IOException {
    Path folder = Objects.requireNonNull(file.getParent(), "A file is in a folder");
    createFolders(folder);
    Path whole = Files.createTempFile(folder, UNFINISHED, SUFFIX, ownerOnly(folder, "rw-------"));
    try {
      try (FileChannel out = FileChannel.open(whole, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
          int unused = out.write(rest);
        }
        out.force(true);
      }
      Files.move(whole, file, ATOMIC_MOVE, REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(whole); // it is still there only if something failed
    }
  }

  /** Returns whether a file is being written, or was when its process died. */
  static boolean isUnfinished(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(UNFINISHED) && name.endsWith(SUFFIX);
  }

  /** Creates a folder and its parents, as far as they are absent. */
  static void createFolders(Path folder) throws IOException {
    Files.createDirectories(folder, ownerOnly(folder, "rwx------"));
  }

  /** Opens a file for a lock, and creates it if it is absent. */
  static FileChannel openForLock(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        ownerOnly(file, "rw-------"));
  }

  private static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
    FileSystem system = path.getFileSystem();
    return system.supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : NO_ATTRIBUTES;
  }
}
