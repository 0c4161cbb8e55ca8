package com.gymcoach.bedrock.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.WireRequest;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.store.StoreGuard;
import com.gymcoach.bedrock.cloudwatch.CloudWatchMetricsSink;
import com.gymcoach.bedrock.cloudwatch.EmfMetricsSink;
import com.gymcoach.bedrock.dynamodb.CacheAdmin;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.redis.RedisCacheStore;
import com.gymcoach.bedrock.warmup.WarmUp;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles the examples in the Javadoc of the modules. */
class JavadocExamplesTest {
  private static final Path ROOT = Path.of("../..");

  private static final List<String> MODULES =
      List.of(
          "core",
          "dynamodb-store",
          "redis-store",
          "metrics-cloudwatch",
          "metrics-micrometer",
          "telemetry-opentelemetry",
          "testkit",
          "warm-up");

  /** The types that a user starts from. Each has an example of its use. */
  private static final List<Class<?>> STARTING_POINTS =
      List.of(
          BedrockCache.class,
          BedrockCacheBuilder.class,
          CacheAdmin.class,
          CacheControl.class,
          CacheOutcome.class,
          CachePolicy.class,
          CacheScope.class,
          CachingBedrockAsyncClient.class,
          CachingBedrockClient.class,
          CloudWatchMetricsSink.class,
          DynamoDbCacheStore.class,
          EmfMetricsSink.class,
          KeyGenerator.class,
          RedisCacheStore.class,
          StoreGuard.class,
          TtlPolicy.class,
          WarmUp.class,
          WireRequest.class);

  private static final Pattern JAVADOC = Pattern.compile("(?s)/\\*\\*.*?\\*/");
  private static final Pattern BLOCK =
      Pattern.compile("(?s)<pre>\\{@code\\n(.*?)\\n *\\* *\\}</pre>");

  /** The variables that an example may use without declaring them: fields, so it may hide them. */
  private static final String AROUND_THE_EXAMPLE =
      """
      import com.gymcoach.bedrock.cache.*;
      import com.gymcoach.bedrock.cache.spi.keys.*;
      import com.gymcoach.bedrock.cache.spi.metrics.*;
      import com.gymcoach.bedrock.cache.spi.settings.*;
      import com.gymcoach.bedrock.cache.spi.store.*;
      import com.gymcoach.bedrock.cloudwatch.*;
      import com.gymcoach.bedrock.dynamodb.*;
      import com.gymcoach.bedrock.micrometer.*;
      import com.gymcoach.bedrock.opentelemetry.*;
      import com.gymcoach.bedrock.redis.*;
      import com.gymcoach.bedrock.testkit.*;
      import com.gymcoach.bedrock.warmup.*;
      import io.lettuce.core.RedisClient;
      import io.lettuce.core.RedisURI;
      import java.nio.charset.StandardCharsets;
      import java.nio.file.Path;
      import java.time.*;
      import java.util.*;
      import java.util.concurrent.*;
      import software.amazon.awssdk.services.bedrockruntime.*;
      import software.amazon.awssdk.services.bedrockruntime.model.*;
      import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
      import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

      abstract class %s {
        BedrockRuntimeClient bedrockRuntime;
        BedrockRuntimeAsyncClient bedrockRuntimeAsync;
        CachingBedrockClient bedrock;
        BedrockCache cache;
        CacheStore store;
        DynamoDbClient dynamoDb;
        io.micrometer.core.instrument.MeterRegistry registry;
        io.opentelemetry.api.OpenTelemetry openTelemetry;
        CloudWatchClient cloudWatch;
        ConverseRequest request;
        ConverseStreamRequest streamRequest;
        ConverseStreamResponseHandler handler;
        KeySecret oldSecret;
        KeySecret newSecret;
        String modelId;
        String userId;

        void example() throws Exception {
      %s
        }
      }
      """;

  @ParameterizedTest
  @MethodSource("startingPoints")
  void classJavadoc_ofATypeThatUsersStartFrom_hasAnExample(Class<?> type) throws IOException {
    String file = type.getName().replace('.', '/') + ".java";
    String source =
        Files.readString(
            MODULES.stream()
                .map(module -> ROOT.resolve(module).resolve("src/main/java").resolve(file))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow());
    Matcher first = JAVADOC.matcher(source);
    assertThat(first.find()).isTrue();
    assertThat(BLOCK.matcher(first.group()).results()).hasSize(1);
  }

  static List<Class<?>> startingPoints() {
    return STARTING_POINTS;
  }

  @Test
  void examples_ofAllModules_compile(@TempDir Path classes) {
    List<Example> examples =
        MODULES.stream()
            .flatMap(module -> sources(module).stream())
            .flatMap(JavadocExamplesTest::examplesOf)
            .toList();
    assertThat(examples).hasSizeGreaterThan(STARTING_POINTS.size());
    assertThat(problems(examples, classes)).isEmpty();
  }

  @Test
  void problems_whenAnExampleCallsAMethodThatIsNotThere_nameBoth(@TempDir Path classes) {
    List<Example> examples =
        List.of(
            new Example("Good", "cache.close();"),
            new Example("Bad", "cache.clear();"),
            new Example("AlsoGood", "BedrockCache cache = BedrockCache.builder().build();"));
    assertThat(problems(examples, classes)).contains("/Bad.java", "clear()").doesNotContain("Good");
  }

  /** A block of a type's Javadoc without the asterisks, and the name of the class made of it. */
  private record Example(String name, String code) {
    JavaFileObject source() {
      URI uri = URI.create("string:///" + name + ".java");
      return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
          return AROUND_THE_EXAMPLE.formatted(name, code);
        }
      };
    }
  }

  private static List<Path> sources(String module) {
    try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Example> examplesOf(Path file) {
    String type = String.valueOf(file.getFileName()).replace(".java", "");
    try {
      List<Example> examples = new ArrayList<>();
      for (MatchResult block : BLOCK.matcher(Files.readString(file)).results().toList()) {
        String code = block.group(1).replaceAll("(?m)^ *\\* ?", "");
        examples.add(new Example(type + "Example" + (examples.size() + 1), code));
      }
      return examples.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the compiler's messages, or nothing if all examples compile. */
  private static String problems(List<Example> examples, Path classes) {
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of(
            "-proc:none",
            "-classpath",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "-d",
            classes.toString());
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                options,
                null,
                examples.stream().map(Example::source).toList())
            .call();
    return compiled ? "" : "\n" + messages;
  }
}
