package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSupplier;

/** Classes are trusted by their whole name, or as the service names them. */
class ClientRulesTest {
  private static final ClientRules NOTHING_NAMED = new ClientRules(Set.of(), Set.of());

  @TempDir Path directory;

  /** A class that the service may name. */
  static class Observing implements ExecutionInterceptor {}

  private static final class SubObserving extends Observing {}

  /** Compiles and loads a type with this name. */
  private Class<?> type(String name, String kind) throws Exception {
    int dot = name.lastIndexOf('.');
    String simple = name.substring(dot + 1);
    Path source = directory.resolve(simple + ".java");
    Files.writeString(
        source, "package " + name.substring(0, dot) + "; " + kind + " " + simple + " {}");
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    assertThat(compiler.run(null, null, null, "-d", directory.toString(), source.toString()))
        .isZero();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
      return loader.loadClass(name);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "software.amazon.awssdk.own.Observing, true",
    "software.amazon.awssdkx.Observing, false",
    "software.amazon.Observing, false",
    "Software.amazon.awssdk.Observing, false",
    "shaded.software.amazon.awssdk.Observing, false",
    "com.amazonaws.xray.interceptors.TracingInterceptor, true",
    "com.amazonaws.xrayed.Observing, false",
    "com.amazonaws.Observing, false",
    "io.opentelemetry.instrumentation.Observing, true",
    "io.opentelemetryx.Observing, false",
    "datadog.trace.instrumentation.Observing, true",
    "datadog.tracer.Observing, false",
    "software.amazon.awssdk.own.Observing$$SpringCGLIB$$0, false",
    "com.acme.Observing, false"
  })
  void trusts_whenNothingIsNamed_goesByTheWholePackage(String name, boolean trusted)
      throws Exception {
    Object part = type(name, "public class").getDeclaredConstructor().newInstance();
    assertThat(NOTHING_NAMED.trusts(part)).isEqualTo(trusted);
  }

  @Test
  void trusts_whenClassIsNamed_trustsItsObjectsAndNoSubclass() {
    ClientRules rules = new ClientRules(Set.of(), Set.of(Observing.class));
    assertThat(rules.trusts(new Observing())).isTrue();
    assertThat(rules.trusts(new SubObserving())).isFalse();
    assertThat(rules.trusts(new Observing() {})).isFalse();
    assertThat(NOTHING_NAMED.trusts(new Observing())).isFalse();
  }

  @Test
  void trusts_whenPartIsALambda_goesByTheClassThatItIsIn() {
    Supplier<ProfileFile> own = () -> ProfileFile.aggregator().build();
    Supplier<ProfileFile> sdk = ProfileFileSupplier.defaultSupplier();
    assertThat(sdk.getClass().getName()).contains("$$Lambda");
    assertThat(NOTHING_NAMED.trusts(own)).isFalse();
    assertThat(NOTHING_NAMED.trusts(sdk)).isTrue();
  }

  /** A proxy of an interface that is not public is in the interface's package. */
  @Test
  void trusts_whenProxyIsInATrustedPackage_isFalse() throws Exception {
    Class<?> type = type("software.amazon.awssdk.own.Observed", "interface");
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> self);
    assertThat(proxy.getClass().getName()).startsWith("software.amazon.awssdk.own.");
    assertThat(NOTHING_NAMED.trusts(proxy)).isFalse();
    assertThat(new ClientRules(Set.of(), Set.of(proxy.getClass())).trusts(proxy)).isFalse();
  }

  @Test
  void trustedInterceptors_whenClassTellsNothingOfItsObjects_isRefused() {
    BedrockCacheBuilder builder = BedrockCache.builder();
    Class<?> proxy =
        Proxy.newProxyInstance(
                ClientRulesTest.class.getClassLoader(),
                new Class<?>[] {Runnable.class},
                (self, method, arguments) -> self)
            .getClass();
    for (Class<?> type : new Class<?>[] {ExecutionInterceptor.class, Number.class, proxy}) {
      assertThatThrownBy(() -> builder.trustedInterceptors(type))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(type.getName())
          .hasMessageContaining("options.identity");
    }
  }
}
