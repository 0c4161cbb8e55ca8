package com.gymcoach.bedrock.testkit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one thread of one process at a time write to a folder. A {@link FileLock} belongs to a whole
 * JVM, so the threads of this one take turns by a lock of their own. Thread-safe.
 */
final class FolderLock {
  /** Code that needs the lock. */
  @FunctionalInterface
  interface Task<T> {
    T run() throws IOException;
  }

  private static final String NAME = ".lock";

  /** The locks of this JVM by real path: different paths may lead to one folder. */
  private static final Map<Path, ReentrantLock> IN_THIS_JVM = new ConcurrentHashMap<>();

  private final Path folder;

  FolderLock(Path folder) {
    this.folder = folder;
  }

  /** Runs a task while no other thread or process runs one for this folder. */
  <T> T during(Task<T> task) throws IOException {
    WholeFiles.createFolders(folder);
    ReentrantLock mine =
        IN_THIS_JVM.computeIfAbsent(folder.toRealPath(), path -> new ReentrantLock());
    mine.lock();
    try (FileChannel file = WholeFiles.openForLock(folder.resolve(NAME));
        FileLock lock = file.lock()) {
      assert lock.isValid();
      return task.run();
    } finally {
      mine.unlock();
    }
  }
}
