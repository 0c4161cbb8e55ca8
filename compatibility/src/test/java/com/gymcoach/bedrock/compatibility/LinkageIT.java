package com.gymcoach.bedrock.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.dynamodb.services.local.main.ServerRunner;

/**
 * No class file of the library refers to what a supported version of another library lacks, but for
 * those that are used only where it is there.
 */
class LinkageIT {
  /** Each is guarded by a constant that says whether the class path has what it needs. */
  private static final Set<String> GUARDED =
      Set.of(
          "com.gymcoach.bedrock.cache.NewerBedrockClient",
          "com.gymcoach.bedrock.cache.NewerBedrockAsyncClient",
          "com.gymcoach.bedrock.cache.internal.sdk.NewerOverrides",
          "com.gymcoach.bedrock.cache.spi.FluentLog");

  static Stream<ClassPath> classPaths() {
    return Stream.of(
        ClassPath.FLOOR,
        ClassPath.sdk("2.41.34"),
        ClassPath.sdk(System.getProperty("aws.sdk.version")));
  }

  @ParameterizedTest
  @MethodSource("classPaths")
  void classesOfTheLibrary_referOnlyToWhatTheClassPathHas(ClassPath classPath) throws Exception {
    assertThat(missing(classPath, BedrockCache.class, DynamoDbCacheStore.class))
        .allSatisfy((name, symbols) -> assertThat(GUARDED).as(symbols.toString()).contains(name));
  }

  /** Fails if a class keeps a guard that it no longer needs. */
  @Test
  void guardedClasses_atTheFloor_allNeedTheirGuard() throws Exception {
    assertThat(missing(ClassPath.FLOOR, BedrockCache.class, DynamoDbCacheStore.class))
        .containsOnlyKeys(GUARDED);
  }

  @ParameterizedTest
  @MethodSource("classPaths")
  void classesOfTheTestkit_referOnlyToWhatTheClassPathHas(ClassPath classPath) throws Exception {
    assertThat(missing(classPath, BedrockStandIn.class)).isEmpty();
  }

  private static Map<String, Set<String>> missing(ClassPath classPath, Class<?>... ofJars)
      throws Exception {
    List<Path> jars = new ArrayList<>(classPath.jars());
    jars.addAll(Jars.library(true));
    for (Class<?> ofTests : List.of(Test.class, Assertions.class, ServerRunner.class)) {
      jars.add(Jars.of(ofTests)); // whoever uses the testkit has these
    }
    try (Linkage linkage = new Linkage(jars)) {
      return linkage.missing(Stream.of(ofJars).map(Jars::of).toList());
    }
  }
}
