package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassPathCheckTest {

  @ParameterizedTest
  @CsvSource({
    "2.36.3, 2.36.3, 2.36.3, 2.15.0",
    "2.59.1, 2.59.1, 2.59.1, 2.23.0",
    "2.36.3, 2.59.1, 2.59.1, 2.15.4",
    "2.59.1, 2.59.1, 2.36.3, 2.16.2",
    "2.59.1-PREVIEW, 2.100.0, 3.0, 2.18.3",
    "unknown, unknown, unknown, unknown",
    ", , , "
  })
  void warnings_whenNothingIsTooOldOrNothingIsKnown_areNone(
      @Nullable String service,
      @Nullable String awsCore,
      @Nullable String sdkCore,
      @Nullable String jackson) {
    assertThat(warnings(service, awsCore, sdkCore, jackson)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2.36.2, 2.36.2, 2.36.2, 'bedrockruntime 2.36.2, aws-core 2.36.2, sdk-core 2.36.2', 2.36.3",
    "2.9.40, 2.36.3, 2.36.3, bedrockruntime 2.9.40, 2.36.3",
    "2.30.38, 2.59.1, 2.59.1, bedrockruntime 2.30.38, 2.59.1",
    "2.59.1, 2.30.38, 2.59.1, aws-core 2.30.38, 2.59.1",
    "2.59.1, 2.100.1, 2.30.38, sdk-core 2.30.38, 2.100.1"
  })
  void warnings_whenAModuleOfTheSdkIsTooOld_nameItAndTheLinesThatMendIt(
      String service, String awsCore, String sdkCore, String tooOld, String mended) {
    assertThat(warnings(service, awsCore, sdkCore, "2.23.0"))
        .singleElement()
        .asString()
        .startsWith("The class path has " + tooOld + ". ")
        .contains("AWS SDK for Java 2.36.3 or later")
        .contains(
            "      <groupId>software.amazon.awssdk</groupId>\n"
                + "      <artifactId>bom</artifactId>\n"
                + "      <version>"
                + mended
                + "</version>\n"
                + "      <type>pom</type>\n"
                + "      <scope>import</scope>\n");
  }

  @Test
  void warnings_whenJacksonIsTooOld_nameItsBom() {
    assertThat(warnings("2.59.1", "2.59.1", "2.59.1", "2.14.3"))
        .singleElement()
        .asString()
        .contains(
            "jackson-core 2.14.3",
            "<artifactId>jackson-bom</artifactId>",
            "<version>2.15.0</version>");
  }

  @ParameterizedTest
  @CsvSource({
    "utils, file:/opt/lib/utils-2.59.1.jar, 2.59.1",
    "auth, jar:nested:/app.jar/!BOOT-INF/lib/auth-2.36.3.jar!/, 2.36.3",
    "sdk-core, file:/sdk-core-1.0/lib/sdk-core-2.9.40-PREVIEW.jar, 2.9.40-PREVIEW",
    "auth, file:/opt/lib/http-auth-2.59.1.jar, ",
    "aws-core, file:/opt/lib/aws-core-client-2.59.1.jar, ",
    "utils, file:/opt/utils-2.59.1/classes/, ",
    "utils, file:/opt/utils-2.59.1/all.jar, ",
    "utils, file:/opt/lib/utils.jar, ",
    "utils, file:/opt/lib/utils-.jar, ",
    "utils, file:/opt/lib/service.jar, "
  })
  void versionInName_always_isThatOfTheModulesOwnJar(
      String artifact, String location, @Nullable String version) {
    assertThat(ClassPathCheck.versionInName(artifact, location)).isEqualTo(version);
  }

  private static List<String> warnings(
      @Nullable String service,
      @Nullable String awsCore,
      @Nullable String sdkCore,
      @Nullable String jackson) {
    Map<String, @Nullable String> versions = new HashMap<>();
    versions.put("software.amazon.awssdk/bedrockruntime", service);
    versions.put("software.amazon.awssdk/aws-core", awsCore);
    versions.put("software.amazon.awssdk/sdk-core", sdkCore);
    versions.put("com.fasterxml.jackson.core/jackson-core", jackson);
    return ClassPathCheck.warnings(versions::get);
  }
}
