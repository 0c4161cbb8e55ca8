package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;

/** A process that uses a store in files beside the one of the test. */
final class WritingProcess {
  static final EntryAddress ADDRESS =
      new EntryAddress(
          new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE),
          "chat",
          new Digest(5, 6, 7, 8));

  private static final int BYTES = 200_000;

  private WritingProcess() {}

  /** Returns an entry all of whose bytes say who wrote it. */
  static byte[] entry(int writer) {
    byte[] entry = new byte[BYTES + writer];
    Arrays.fill(entry, (byte) writer);
    return entry;
  }

  /** Takes what to do, and the folder. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[1]);
    FileCacheStore store = FileCacheStore.in(folder).build();
    switch (arguments[0]) {
      case "write" -> {
        System.out.println("writing");
        for (int i = 1; i <= 100; i++) {
          store.write(ADDRESS, entry(1 + i % 20), Instant.MAX);
        }
        store.mark(ADDRESS.partition(), "chat", new Marker(1, 2), Instant.MAX);
        System.out.println("written");
      }
      case "write for ever" -> {
        store.write(ADDRESS, entry(1), Instant.MAX);
        System.out.println("writing");
        for (int i = 1; i > 0; i++) {
          store.write(ADDRESS, entry(1 + i % 20), Instant.MAX);
        }
      }
      case "hold the lock" ->
          new FolderLock(folder)
              .during(
                  () -> {
                    Path unfinished = Files.createFile(folder.resolve("unfinished-1.tmp"));
                    System.out.println("held");
                    int unused = System.in.read();
                    System.out.println(Files.exists(unfinished) ? "untouched" : "removed");
                    return true;
                  });
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }
}
