package com.gymcoach.bedrock.compatibility;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;

/** The jars that this build has built, and those of its tests. */
final class Jars {
  private Jars() {}

  /** Returns the library's jars, as they are published, and the testkit's. */
  static List<Path> library(boolean withStore) {
    Path core = of(BedrockCache.class);
    Path testkit = of(BedrockStandIn.class);
    return withStore
        ? List.of(core, of(DynamoDbCacheStore.class), testkit)
        : List.of(core, testkit);
  }

  /**
   * Returns the jar that a class comes from.
   *
   * @throws IllegalStateException if it does not come from a jar
   */
  static Path of(Class<?> type) {
    Path source = sourceOf(type);
    if (!source.toString().endsWith(".jar")) {
      throw new IllegalStateException(
          source + " is no jar. Run these tests with mvn verify, after the jars are built.");
    }
    return source;
  }

  /** Returns the jar or folder that a class comes from. */
  static Path sourceOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(type.getName(), e);
    }
  }
}
