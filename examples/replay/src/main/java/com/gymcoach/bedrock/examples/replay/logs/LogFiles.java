package com.gymcoach.bedrock.examples.replay.logs;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The files of a log: those named, and those within folders whose names end like the ones that
 * Bedrock writes.
 *
 * @param files the files with records, sorted by path
 * @param bytes their size together, as they lie on the disk
 */
record LogFiles(List<Path> files, long bytes) {
  private static final Pattern RECORDS = Pattern.compile(".*\\.(json|jsonl|log|gz)");

  /** Bedrock puts bodies over 100 KB into folders of this name. They are no records. */
  private static final String BODIES = "data";

  /**
   * Finds the files.
   *
   * @throws IOException if a path does not exist or cannot be read, or there is no file at all
   */
  static LogFiles find(List<Path> paths) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        Files.walkFileTree(path, new Finder(path, files));
      } else if (Files.isReadable(path)) {
        files.add(path);
      } else {
        throw new IOException("There is no file or folder " + path + " that can be read.");
      }
    }
    if (files.isEmpty()) {
      throw new IOException(
          "There is no log in " + paths + ": files end with .json, .jsonl, .log or .gz.");
    }
    Collections.sort(files);
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return new LogFiles(List.copyOf(files), bytes);
  }

  private static final class Finder extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<Path> files;

    Finder(Path root, List<Path> files) {
      this.root = root;
      this.files = files;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile()
          && !isBody(file)
          && RECORDS.matcher(String.valueOf(file.getFileName())).matches()) {
        files.add(file);
      }
      return FileVisitResult.CONTINUE;
    }

    /** A folder within one of bodies is another one: a bucket's prefix may have the same name. */
    private boolean isBody(Path file) {
      Path folder = file.getParent();
      return folder != null && folder.endsWith(BODIES) && !folder.equals(root);
    }
  }
}
