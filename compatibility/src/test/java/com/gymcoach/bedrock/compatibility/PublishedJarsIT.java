package com.gymcoach.bedrock.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cloudwatch.CloudWatchMetricsSink;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.micrometer.MicrometerContext;
import com.gymcoach.bedrock.opentelemetry.OpenTelemetryContext;
import com.gymcoach.bedrock.redis.RedisCacheStore;
import com.gymcoach.bedrock.spring.ScopeResolver;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.warmup.WarmUp;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * The contents of the published jars beside their classes: licence, module name, and the metadata
 * that GraalVM needs for reflection and resources. No native image is built here: the metadata is
 * compared with what the class files do.
 */
class PublishedJarsIT {
  private static final String METADATA = "META-INF/native-image/com.gymcoach.bedrock/";

  /** A published jar, by a class of it, and the classes of it that use reflection or resources. */
  record Published(Class<?> type, String artifact, String module, Set<String> reflective) {
    JarFile open() throws IOException {
      return new JarFile(Jars.of(type).toFile());
    }

    @Override
    public String toString() {
      return artifact;
    }
  }

  static Stream<Published> published() {
    return Stream.of(
        new Published(
            BedrockCache.class,
            "bedrock-cache",
            "com.gymcoach.bedrock.cache",
            Set.of(
                "ClassPathCheck",
                "ClientRules", // asks whether a class is a proxy, which needs no metadata
                "DeflateCompressor$Standard",
                "KeyValueLog",
                "PriceList$Default",
                "SdkAttributes",
                "SdkFeatures")),
        new Published(
            DynamoDbCacheStore.class,
            "bedrock-cache-dynamodb-store",
            "com.gymcoach.bedrock.dynamodb",
            Set.of()),
        new Published(
            RedisCacheStore.class,
            "bedrock-cache-redis-store",
            "com.gymcoach.bedrock.redis",
            Set.of()),
        new Published(
            CloudWatchMetricsSink.class,
            "bedrock-cache-metrics-cloudwatch",
            "com.gymcoach.bedrock.cloudwatch",
            Set.of()),
        new Published(
            MicrometerContext.class,
            "bedrock-cache-metrics-micrometer",
            "com.gymcoach.bedrock.micrometer",
            Set.of()),
        new Published(
            OpenTelemetryContext.class,
            "bedrock-cache-telemetry-opentelemetry",
            "com.gymcoach.bedrock.opentelemetry",
            Set.of()),
        new Published(
            ScopeResolver.class,
            "bedrock-cache-spring-boot-starter",
            "com.gymcoach.bedrock.spring",
            Set.of()),
        new Published(
            WarmUp.class, "bedrock-cache-warm-up", "com.gymcoach.bedrock.warmup", Set.of()),
        new Published(
            BedrockStandIn.class,
            "bedrock-cache-testkit",
            "com.gymcoach.bedrock.testkit",
            Set.of("OriginClient", "RecordedBedrockExtension", "RecordingClient")));
  }

  @ParameterizedTest
  @MethodSource("published")
  void jar_always_hasLicenceNoticeAndModuleName(Published jar) throws IOException {
    try (JarFile file = jar.open()) {
      assertThat(file.getEntry("META-INF/LICENSE")).isNotNull();
      assertThat(file.getEntry("META-INF/NOTICE")).isNotNull();
      assertThat(file.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
          .isEqualTo(jar.module());
    }
  }

  /** A new use of reflection or of a resource needs a look at the metadata. */
  @ParameterizedTest
  @MethodSource("published")
  void classes_thatUseReflectionOrResources_areKnown(Published jar) throws IOException {
    Set<String> found = new TreeSet<>();
    try (JarFile file = jar.open()) {
      for (JarEntry entry : file.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        try (InputStream in = file.getInputStream(entry)) {
          ClassReader reader = new ClassReader(in);
          if (isReflective(reader)) {
            String name = reader.getClassName();
            found.add(name.substring(name.lastIndexOf('/') + 1));
          }
        }
      }
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(jar.reflective());
  }

  private static boolean isReflective(ClassReader reader) {
    Set<String> methods =
        Set.of("forName", "getMethod", "getResource", "getResourceAsStream", "newInstance");
    boolean[] found = new boolean[1];
    reader.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public MethodVisitor visitMethod(
              int access,
              String name,
              String descriptor,
              @Nullable String signature,
              String @Nullable [] thrown) {
            return new MethodVisitor(Opcodes.ASM9) {
              @Override
              public void visitMethodInsn(
                  int opcode, String owner, String called, String descriptor, boolean isInterface) {
                found[0] |=
                    owner.equals("java/util/ServiceLoader")
                        || owner.startsWith("java/lang/reflect/")
                        || ((owner.equals("java/lang/Class")
                                || owner.equals("java/lang/ClassLoader"))
                            && methods.contains(called));
              }
            };
          }
        },
        ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return found[0];
  }

  @Test
  void resourceMetadata_matchesEveryResourceOfTheCore() throws IOException {
    List<Pattern> patterns = new ArrayList<>();
    metadata("resource-config.json")
        .at("/resources/includes")
        .forEach(include -> patterns.add(Pattern.compile(include.get("pattern").asText())));
    try (JarFile file = new JarFile(Jars.of(BedrockCache.class).toFile())) {
      List<String> resources =
          file.stream()
              .filter(entry -> !entry.isDirectory())
              .map(JarEntry::getName)
              .filter(name -> !name.endsWith(".class") && !name.startsWith("META-INF/"))
              .toList();
      assertThat(resources).isNotEmpty();
      assertThat(resources)
          .allMatch(name -> patterns.stream().anyMatch(p -> p.matcher(name).matches()));
    }
    for (String known :
        List.of(
            "META-INF/maven/software.amazon.awssdk/sdk-core/pom.properties",
            "META-INF/maven/com.fasterxml.jackson.core/jackson-core/pom.properties")) {
      assertThat(BedrockCache.class.getResource("/" + known)).as(known).isNotNull();
      assertThat(patterns).anyMatch(p -> p.matcher(known).matches());
    }
  }

  /** Each entry names what exists, and what Caffeine looks up by name for the memory tier. */
  @Test
  void reflectionMetadata_namesWhatExistsAndWhatCaffeineLooksUp() throws Exception {
    Map<String, JsonNode> entries = new TreeMap<>();
    metadata("reflect-config.json")
        .forEach(entry -> entries.put(entry.get("name").asText(), entry));
    for (Map.Entry<String, JsonNode> entry : entries.entrySet()) {
      Class<?> type = Class.forName(entry.getKey(), false, BedrockCache.class.getClassLoader());
      for (JsonNode method : entry.getValue().path("methods")) {
        assertThat(type.getMethods())
            .extracting(Method::getName)
            .contains(method.get("name").asText());
      }
    }
    try (BedrockCache cache = BedrockCache.builder().build()) {
      Object tier = field(cache, "hot");
      Method made = tier.getClass().getDeclaredMethod("tableForAnswers"); // with the first answer
      made.setAccessible(true);
      Object table = made.invoke(tier);
      Method moved = table.getClass().getDeclaredMethod("move"); // once there are many
      moved.setAccessible(true);
      moved.invoke(table);
      Object caffeine = field(field(table, "evicting"), "slots");
      Object implementation = field(caffeine, "cache");
      assertThat(entries)
          .containsKeys(
              implementation.getClass().getName(),
              field(implementation, "nodeFactory").getClass().getName());
    }
  }

  /** The holders of the SDK's attributes, whose public fields {@code SdkAttributes} reads. */
  @Test
  void reflectionMetadata_coversTheSdksAttributes() throws IOException {
    Set<String> covered = new TreeSet<>();
    metadata("reflect-config.json")
        .forEach(
            entry -> {
              if (entry.path("allPublicFields").asBoolean()) {
                covered.add(entry.get("name").asText());
              }
            });
    Set<String> holders = new TreeSet<>();
    try (InputStream in =
        BedrockCache.class.getResourceAsStream("/com/gymcoach/bedrock/cache/SdkAttributes.class")) {
      new ClassReader(in)
          .accept(
              new ClassVisitor(Opcodes.ASM9) {
                @Override
                public MethodVisitor visitMethod(
                    int access,
                    String name,
                    String descriptor,
                    @Nullable String signature,
                    String @Nullable [] thrown) {
                  return new MethodVisitor(Opcodes.ASM9) {
                    @Override
                    public void visitLdcInsn(Object constant) {
                      if (constant instanceof Type type
                          && !type.getClassName().endsWith(".ExecutionAttribute")) {
                        holders.add(type.getClassName());
                      }
                    }
                  };
                }
              },
              ClassReader.SKIP_DEBUG);
    }
    assertThat(covered).isNotEmpty().isEqualTo(holders);
  }

  private static Object field(Object of, String name) throws ReflectiveOperationException {
    for (Class<?> type = of.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field.get(of);
        }
      }
    }
    throw new NoSuchFieldException(of.getClass() + "." + name);
  }

  private static JsonNode metadata(String name) throws IOException {
    try (InputStream in =
        BedrockCache.class.getResourceAsStream("/" + METADATA + "bedrock-cache/" + name)) {
      return new ObjectMapper().readTree(in);
    }
  }
}
