package com.gymcoach.bedrock.compatibility;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.spring.ScopeResolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A local Maven repository with the jars that this build has built, as if they had been installed.
 * Everything else is linked to the local repository of this build: downloads are kept there, and
 * this library is not installed into it.
 */
final class LocalRepository {
  private static final String GROUP = "com/gymcoach/bedrock";

  private LocalRepository() {}

  /** Creates or updates the repository in a folder, and returns the folder. */
  static Path in(Path folder) throws IOException {
    Path linked = Path.of(System.getProperty("maven.repo.local"));
    link(linked, folder, "com");
    link(linked.resolve("com"), folder.resolve("com"), "gymcoach");
    install(folder, "..", "bedrock-cache-parent", null);
    install(folder, "../bom", "bedrock-cache-bom", null);
    install(folder, "../core", "bedrock-cache", BedrockCache.class);
    install(
        folder, "../spring-boot-starter", "bedrock-cache-spring-boot-starter", ScopeResolver.class);
    return folder;
  }

  /** Links to each entry of a folder but one. */
  private static void link(Path from, Path to, String except) throws IOException {
    Files.createDirectories(to);
    List<Path> entries;
    try (Stream<Path> listed = Files.list(from)) {
      entries = listed.filter(entry -> !entry.endsWith(except)).toList();
    }
    for (Path entry : entries) {
      Path link = to.resolve(entry.getFileName());
      if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
        Files.createSymbolicLink(link, entry.toAbsolutePath());
      }
    }
  }

  private static void install(
      Path folder, String module, String artifact, @Nullable Class<?> inItsJar) throws IOException {
    String version = System.getProperty("bedrock-cache.version");
    Path to =
        Files.createDirectories(folder.resolve(GROUP).resolve(artifact).resolve(version))
            .resolve(artifact + "-" + version);
    copy(Path.of(module, "pom.xml"), to + ".pom");
    if (inItsJar != null) {
      copy(Jars.of(inItsJar), to + ".jar");
    }
  }

  private static void copy(Path from, String to) throws IOException {
    Files.copy(from, Path.of(to), StandardCopyOption.REPLACE_EXISTING);
  }
}
