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
    "2.37, 2.36.3.1, 2.36.3, 2.15",
    "2.59.1-PREVIEW, 2.100.0, 3.0, 2.18.3",
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
    "2.36.2, 2.36.2, 2.36.2, 2.36.3",
    "2.9.40, 2.9.40, 2.9.40, 2.36.3",
    "2.30.38, 2.59.1, 2.59.1, 2.59.1",
    "2.59.1, 2.59.1, 2.30.38, 2.59.1",
    "2.59.1, 2.30.38, 2.59.1, 2.59.1"
  })
  void warnings_whenAModuleOfTheSdkIsTooOld_nameAllAndTheLinesThatMendIt(
      String service, String awsCore, String sdkCore, String mended) {
    assertThat(warnings(service, awsCore, sdkCore, "2.23.0"))
        .singleElement()
        .asString()
        .contains("bedrockruntime " + service, "aws-core " + awsCore, "sdk-core " + sdkCore)
        .contains("AWS SDK 2.36.3 or later")
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
        .contains("jackson-core 2.14.3", "<artifactId>jackson-bom</artifactId>", "2.15.0");
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
