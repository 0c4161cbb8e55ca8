package com.gymcoach.bedrock.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cloudwatch.CloudWatchMetricsSink;
import com.gymcoach.bedrock.redis.RedisCacheStore;
import com.gymcoach.bedrock.warmup.WarmUp;
import io.lettuce.core.RedisClient;
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
import org.junit.platform.commons.JUnitException;
import software.amazon.dynamodb.services.local.main.ServerRunner;

/**
 * Reads every class file of the library's jars and the testkit's. None refers to what a supported
 * version of another library lacks, except the guarded ones.
 */
class LinkageIT {
  /** Classes that run only if a constant says that the class path has what they need. */
  private static final Set<String> GUARDED =
      Set.of(
          "com.gymcoach.bedrock.cache.NewerBedrockClient",
          "com.gymcoach.bedrock.cache.NewerBedrockAsyncClient",
          "com.gymcoach.bedrock.cache.internal.sdk.GuardrailChecksOperation",
          "com.gymcoach.bedrock.cache.internal.sdk.NewerOverrides",
          "com.gymcoach.bedrock.cache.spi.metrics.FluentLog");

  /** Class paths on which a guarded class may lack something. */
  static Stream<ClassPath> older() {
    return Stream.of(ClassPath.FLOOR, ClassPath.sdk("2.41.34"));
  }

  @ParameterizedTest
  @MethodSource("older")
  void classes_withOlderLibraries_lackNothingUnlessGuarded(ClassPath classPath) throws Exception {
    assertThat(missing(classPath))
        .allSatisfy((name, symbols) -> assertThat(GUARDED).as(symbols.toString()).contains(name));
  }

  /** Fails if a class keeps a guard that it no longer needs. */
  @Test
  void guardedClasses_atTheFloor_allNeedTheirGuard() throws Exception {
    assertThat(missing(ClassPath.FLOOR)).containsKeys(GUARDED.toArray(new String[0]));
  }

  @Test
  void classes_withTheLibrariesOfThisBuild_lackNothing() throws Exception {
    assertThat(missing(ClassPath.sdk(System.getProperty("aws.sdk.version")))).isEmpty();
  }

  private static Map<String, Set<String>> missing(ClassPath classPath) throws Exception {
    List<Path> library = new ArrayList<>(Jars.library(true));
    library.add(Jars.of(CloudWatchMetricsSink.class));
    library.add(Jars.of(RedisCacheStore.class));
    library.add(Jars.of(WarmUp.class));
    List<Path> jars = new ArrayList<>(classPath.jars());
    jars.addAll(library);
    for (Class<?> ofTests :
        List.of(Test.class, JUnitException.class, Assertions.class, ServerRunner.class)) {
      jars.add(Jars.of(ofTests)); // whoever uses the testkit has these
    }
    jars.add(Jars.of(RedisClient.class)); // whoever uses the store in Redis has this
    try (Linkage linkage = new Linkage(jars)) {
      return linkage.missing(library);
    }
  }
}
