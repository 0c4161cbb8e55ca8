package com.gymcoach.bedrock.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.redis.RedisCacheStore;
import com.gymcoach.bedrock.warmup.WarmUp;
import io.lettuce.core.RedisClient;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsNameResolver;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import redis.clients.authentication.core.TokenManager;

/**
 * A service that is a Java module requires the library by its module names, and gets a hit. The
 * library's jars are automatic modules, which cannot say that they need other libraries' modules:
 * the service does.
 */
class ModulePathIT {
  private static final String MODULE =
      """
      module consumer {
        requires com.gymcoach.bedrock.cache;
        requires com.gymcoach.bedrock.dynamodb;
        requires com.gymcoach.bedrock.redis;
        requires com.gymcoach.bedrock.warmup;
        requires com.fasterxml.jackson.core;
        requires com.github.benmanes.caffeine;
        requires lettuce.core;
        requires org.slf4j;
        requires software.amazon.awssdk.services.bedrockruntime;
        requires software.amazon.awssdk.core;
        requires software.amazon.awssdk.awscore;
      }
      """;

  private static final String MAIN =
      """
      package consumer;

      import com.gymcoach.bedrock.cache.*;
      import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
      import com.gymcoach.bedrock.redis.RedisCacheStore;
      import com.gymcoach.bedrock.warmup.*;
      import io.lettuce.core.*;
      import java.nio.file.*;
      import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
      import software.amazon.awssdk.services.bedrockruntime.model.*;

      public class Main {
        public static void main(String[] arguments) throws Exception {
          BedrockRuntimeClient client =
              new BedrockRuntimeClient() {
                @Override
                public ConverseResponse converse(ConverseRequest request) {
                  return ConverseResponse.builder()
                      .output(ConverseOutput.fromMessage(message("assistant", "Rest on Sunday.")))
                      .stopReason("end_turn")
                      .build();
                }

                @Override
                public String serviceName() {
                  return "bedrock-runtime";
                }

                @Override
                public void close() {}
              };
          System.out.println(DynamoDbCacheStore.class.getModule().getName());
          System.out.println(store().getClass().getModule().getName());
          try (BedrockCache cache = BedrockCache.builder().build()) {
            CachingBedrockClient bedrock =
                CachingBedrockClient.create(client, cache)
                    .forScope(CacheScope.user("u-42").endpoint("chat"));
            ConverseRequest request =
                ConverseRequest.builder()
                    .modelId("amazon.nova-micro-v1:0")
                    .messages(message("user", "When do I rest?"))
                    .build();
            bedrock.converse(request);
            System.out.println(CacheOutcome.of(bedrock.converse(request)).status());
            System.out.println(warmUp(bedrock, request));
          }
          System.exit(0); // whatever threads Lettuce has
        }

        /** Nobody listens there: the store's classes are loaded, and no call is made. */
        private static RedisCacheStore store() {
          RedisURI nowhere = RedisURI.create("redis://127.0.0.1:1");
          return RedisCacheStore.builder().client(RedisClient.create(), nowhere).build();
        }

        private static String warmUp(CachingBedrockClient bedrock, ConverseRequest request)
            throws Exception {
          Path file = Files.createTempFile("requests", ".jsonl");
          CacheScope scope = CacheScope.user("u-42").endpoint("chat");
          Files.writeString(file, new RequestLine(scope, request).write());
          WarmUpReport report = WarmUp.builder(file).client(bedrock).maxCalls(1).build().run();
          Files.delete(file);
          return report.end() + " with " + report.counts().hits() + " hit";
        }

        private static Message message(String role, String text) {
          return Message.builder().role(role).content(ContentBlock.fromText(text)).build();
        }
      }
      """;

  /** A class of each jar that a service gets with the store in Redis. */
  private static final List<Class<?>> LETTUCE =
      List.of(
          RedisClient.class,
          TokenManager.class,
          Flux.class,
          DnsNameResolver.class,
          DnsRecord.class);

  @Test
  void consumer_onTheModulePath_getsAHit(@TempDir Path folder) throws Exception {
    Path sources = folder.resolve("src");
    Path main = Files.createDirectories(sources.resolve("consumer")).resolve("Main.java");
    Files.writeString(main, MAIN);
    Path module = Files.writeString(sources.resolve("module-info.java"), MODULE);
    Path classes = Files.createDirectories(folder.resolve("classes"));
    String modulePath = modulePath();
    compile(List.of(module, main), classes, modulePath);
    assertThat(run(folder, classes + File.pathSeparator + modulePath))
        .contains(
            "com.gymcoach.bedrock.dynamodb",
            "com.gymcoach.bedrock.redis",
            "HIT",
            "FINISHED with 1 hit");
  }

  /** The library's jars and those that it needs at run time, as Maven gives them to a service. */
  private static String modulePath() throws Exception {
    List<Path> jars = new ArrayList<>();
    jars.add(Jars.of(BedrockCache.class));
    jars.add(Jars.of(DynamoDbCacheStore.class));
    jars.add(Jars.of(RedisCacheStore.class));
    jars.add(Jars.of(WarmUp.class));
    jars.addAll(LETTUCE.stream().map(Jars::of).toList());
    jars.addAll(ClassPath.sdk(System.getProperty("aws.sdk.version")).jars());
    return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private static void compile(List<Path> sources, Path to, String modulePath) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  files,
                  null,
                  List.of("-d", to.toString(), "--module-path", modulePath, "-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      assertThat(compiled).as(messages.toString()).isTrue();
    }
  }

  private static List<String> run(Path folder, String modulePath) throws Exception {
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                modulePath,
                "--module",
                "consumer/consumer.Main")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    try (Stream<String> lines = Files.lines(log)) {
      List<String> printed = lines.toList();
      assertThat(process.exitValue()).as(String.join("\n", printed)).isZero();
      return printed;
    }
  }
}
