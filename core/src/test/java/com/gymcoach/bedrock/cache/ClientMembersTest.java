package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.Configurations.overriding;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.Configurations.Configuration;
import com.gymcoach.bedrock.cache.Configurations.SystemPrompt;
import com.gymcoach.bedrock.cache.internal.call.ClientIdentity;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.token.credentials.StaticTokenProvider;
import software.amazon.awssdk.awscore.client.config.AwsAdvancedClientOption;
import software.amazon.awssdk.core.CompressionConfiguration;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.core.retry.RetryPolicy;
import software.amazon.awssdk.metrics.LoggingMetricPublisher;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;

/**
 * Each member of a client's configuration alone, on a real client: it is part of the key, judged by
 * class, or cannot change an answer. A new version of the SDK that brings a member fails here until
 * it has been classified, in {@code docs/decisions/008} as well.
 */
class ClientMembersTest {
  private enum Decision {
    IN_KEY,
    JUDGED,
    NOT_COUNTED,
    /** Holds other members, each of which is classified. */
    GROUP
  }

  private record Member(Decision decision, Configuration setting) {}

  private static final Map<String, Member> MEMBERS = members();

  private static Map<String, Member> members() {
    Map<String, Configuration> untrusted = Configurations.untrusted();
    Map<String, Member> all = new TreeMap<>();
    all.put("overrideConfiguration", new Member(Decision.GROUP, Configurations.PLAIN));
    all.put("advancedOption", new Member(Decision.GROUP, Configurations.PLAIN));

    in(all, "region", builder -> builder.region(Region.US_WEST_2));
    in(all, "endpointOverride", builder -> builder.endpointOverride(URI.create("http://own")));
    in(all, "headers", Configurations.header("x-own", "a"));
    in(
        all,
        "executionAttributes",
        overriding(o -> o.putExecutionAttribute(Configurations.TENANT, "a")));

    judged(all, "endpointProvider", untrusted.get("endpoint provider"));
    judged(all, "authSchemeProvider", untrusted.get("auth-scheme provider"));
    judged(all, "authSchemes", untrusted.get("auth scheme"));
    judged(all, "executionInterceptors", Configurations.interceptor(new SystemPrompt("Rhyme.")));
    judged(all, "SIGNER", untrusted.get("signer"));
    judged(all, "TOKEN_SIGNER", untrusted.get("token signer"));

    harmless(all);
    return all;
  }

  @SuppressWarnings("deprecation") // deprecated, and still heeded by the SDK
  private static void harmless(Map<String, Member> all) {
    ProfileFile profiles =
        ProfileFile.builder()
            .content("[default]\nregion = eu-west-1")
            .type(ProfileFile.Type.CONFIGURATION)
            .build();
    no(
        all,
        "credentialsProvider",
        b -> b.credentialsProvider(AnonymousCredentialsProvider.create()));
    no(all, "tokenProvider", b -> b.tokenProvider(StaticTokenProvider.create(() -> "token")));
    no(all, "retryPolicy", overriding(o -> o.retryPolicy(RetryPolicy.none())));
    no(all, "retryStrategy", overriding(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry())));
    no(all, "retryStrategyConfigurator", overriding(o -> o.retryStrategy(s -> s.maxAttempts(9))));
    no(all, "retryMode", overriding(o -> o.retryStrategy(RetryMode.ADAPTIVE_V2)));
    no(
        all,
        "scheduledExecutorService",
        overriding(o -> o.scheduledExecutorService(Executors.newScheduledThreadPool(0))));
    no(all, "apiCallTimeout", overriding(o -> o.apiCallTimeout(Duration.ofHours(1))));
    no(all, "apiCallAttemptTimeout", overriding(o -> o.apiCallAttemptTimeout(Duration.ofHours(1))));
    no(
        all,
        "defaultProfileFileSupplier",
        overriding(o -> o.defaultProfileFileSupplier(() -> profiles)));
    no(all, "defaultProfileFile", overriding(o -> o.defaultProfileFile(profiles)));
    no(all, "defaultProfileName", overriding(o -> o.defaultProfileName("own")));
    no(
        all,
        "metricPublishers",
        overriding(o -> o.addMetricPublisher(LoggingMetricPublisher.create())));
    no(
        all,
        "compressionConfiguration",
        overriding(
            o ->
                o.compressionConfiguration(
                    CompressionConfiguration.builder().requestCompressionEnabled(false).build())));
    no(all, "appId", overriding(o -> o.appId("own")));
    option(all, "USER_AGENT_PREFIX", SdkAdvancedClientOption.USER_AGENT_PREFIX, "own");
    option(all, "USER_AGENT_SUFFIX", SdkAdvancedClientOption.USER_AGENT_SUFFIX, "own");
    option(
        all,
        "DISABLE_HOST_PREFIX_INJECTION",
        SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION,
        true);
    option(
        all,
        "ENABLE_DEFAULT_REGION_DETECTION",
        AwsAdvancedClientOption.ENABLE_DEFAULT_REGION_DETECTION,
        false);
  }

  private static void in(Map<String, Member> all, String name, Configuration setting) {
    all.put(name, new Member(Decision.IN_KEY, setting));
  }

  private static void judged(
      Map<String, Member> all, String name, @Nullable Configuration setting) {
    all.put(name, new Member(Decision.JUDGED, Objects.requireNonNull(setting)));
  }

  private static void no(Map<String, Member> all, String name, Configuration setting) {
    all.put(name, new Member(Decision.NOT_COUNTED, setting));
  }

  private static <T> void option(
      Map<String, Member> all, String name, SdkAdvancedClientOption<T> option, T value) {
    no(all, name, overriding(o -> o.putAdvancedOption(option, value)));
  }

  static Set<String> names() {
    return MEMBERS.keySet();
  }

  @Test
  void everyMember_isClassified() {
    Set<String> inSdk =
        new TreeSet<>(RequestOverridesTest.getters(BedrockRuntimeServiceClientConfiguration.class));
    inSdk.addAll(RequestOverridesTest.getters(ClientOverrideConfiguration.class));
    inSdk.addAll(options(SdkAdvancedClientOption.class));
    inSdk.addAll(options(AwsAdvancedClientOption.class));
    assertThat(MEMBERS.keySet()).isEqualTo(inSdk);
  }

  private static List<String> options(Class<?> holder) {
    return Arrays.stream(holder.getFields())
        .filter(field -> Modifier.isStatic(field.getModifiers()))
        .map(Field::getName)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("names")
  void identity_whenOneMemberIsSet_isAsItWasClassified(String name) {
    Member member = Objects.requireNonNull(MEMBERS.get(name));
    ClientIdentity plain = identity(Configurations.PLAIN);
    ClientIdentity identity = identity(member.setting());
    switch (member.decision()) {
      case IN_KEY -> {
        assertThat(identity.key()).isNotEqualTo(plain.key());
        assertThat(identity.isPrivate()).isFalse();
      }
      case JUDGED -> {
        assertThat(identity.key()).isNotEqualTo(plain.key());
        assertThat(identity.isPrivate()).isTrue();
      }
      case NOT_COUNTED, GROUP -> assertThat(identity).isEqualTo(plain);
    }
  }

  private static ClientIdentity identity(Configuration configured) {
    try (BedrockRuntimeClient client = SdkClients.sync(new EchoHttp(), configured)) {
      return DelegateInfo.of(
              client::serviceClientConfiguration,
              new ClientRules(Set.of(), Set.of()),
              new ClientOptions())
          .identity();
    }
  }
}
