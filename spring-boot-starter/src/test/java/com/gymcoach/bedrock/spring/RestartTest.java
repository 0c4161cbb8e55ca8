package com.gymcoach.bedrock.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.RepeatedTest;
import org.springframework.boot.devtools.restart.classloader.RestartClassLoader;

/** The class loader of devtools, which loads the application again while the cache stays loaded. */
class RestartTest {
  private static final String APPLICATION = "com.gymcoach.bedrock.spring.RestartedApplication";

  @RepeatedTest(2)
  void run_whenTheApplicationIsLoadedAgain_startsWithAnEmptyCacheAndItsNewClasses()
      throws Exception {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    URL application = getClass().getProtectionDomain().getCodeSource().getLocation();
    try (RestartClassLoader loader =
        new RestartClassLoader(getClass().getClassLoader(), new URL[] {application})) {
      Thread.currentThread().setContextClassLoader(loader);

      assertThat(run(loader))
          .containsExactly(
              "lazy",
              "MISS",
              "HIT",
              "counted",
              RestartClassLoader.class.getName(),
              BedrockCacheAutoConfiguration.class.getClassLoader().getClass().getName());
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  @SuppressWarnings("unchecked") // the interface is the JDK's, so both loaders have the same
  private static List<String> run(ClassLoader loader) throws Exception {
    return ((Callable<List<String>>)
            loader.loadClass(APPLICATION).getDeclaredConstructor().newInstance())
        .call();
  }
}
