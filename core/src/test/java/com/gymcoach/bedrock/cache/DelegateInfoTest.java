package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.Configurations.header;
import static com.gymcoach.bedrock.cache.Configurations.overriding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.Configurations.Configuration;
import com.gymcoach.bedrock.cache.Configurations.SystemPrompt;
import com.gymcoach.bedrock.cache.internal.call.ClientIdentity;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.core.interceptor.SdkInternalExecutionAttribute;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;

class DelegateInfoTest {
  private static final ClientRules RULES = new ClientRules(Set.of("x-ignored"), Set.of());
  private static final CacheScope ALICE = CacheScope.user("alice");
  private static final String SECRET = "value-that-nobody-may-see";

  private static ClientIdentity identity(
      Supplier<BedrockRuntimeServiceClientConfiguration> client) {
    return DelegateInfo.of(client, RULES, new ClientOptions()).identity();
  }

  private static ClientIdentity identity(Configuration configured) {
    try (BedrockRuntimeClient client = SdkClients.sync(new EchoHttp(), configured)) {
      return identity(client::serviceClientConfiguration);
    }
  }

  private static BedrockRuntimeServiceClientConfiguration made(
      ClientOverrideConfiguration overrides) {
    BedrockRuntimeServiceClientConfiguration.Builder builder =
        BedrockRuntimeServiceClientConfiguration.builder();
    builder.region(Region.EU_WEST_1);
    builder.overrideConfiguration(overrides);
    return builder.build();
  }

  private static ClientIdentity withHeaders(Map<String, List<String>> headers) {
    ClientOverrideConfiguration.Builder overrides = ClientOverrideConfiguration.builder();
    headers.forEach(overrides::putHeader);
    return identity(() -> made(overrides.build()));
  }

  @Test
  void of_whenClientHasNothingOfItsOwn_isRegionAndEndpoint() {
    assertThat(identity(Configurations.PLAIN)).isEqualTo(new ClientIdentity("eu-west-1 ", false));
    assertThat(identity(b -> b.endpointOverride(URI.create("http://own:1/x"))))
        .isEqualTo(new ClientIdentity("eu-west-1 http://own:1/x", false));
  }

  @Test
  void of_whenSyncAndAsyncClientsAreConfiguredAlike_areOne() {
    for (Configuration configured : Configurations.readable().values()) {
      try (BedrockRuntimeAsyncClient async = SdkClients.async(new EchoHttp(), configured)) {
        assertThat(identity(async::serviceClientConfiguration)).isEqualTo(identity(configured));
      }
    }
  }

  @Test
  void of_whenHeadersComeInAnotherOrderOrCase_areOne() {
    ClientIdentity one =
        identity(
            overriding(o -> o.putHeader("x-own", List.of("1", "2")).putHeader("x-other", "3")));
    ClientIdentity other =
        identity(
            overriding(o -> o.putHeader("X-OTHER", "3").putHeader("X-Own", List.of("1", "2"))));
    assertThat(other).isEqualTo(one);
    assertThat(identity(header("x-own", "2", "1")))
        .isNotEqualTo(identity(header("x-own", "1", "2")));
  }

  @Property(tries = 500)
  void of_whenHeadersDiffer_identitiesDiffer(
      @ForAll @Size(max = 3) Map<
                  @StringLength(min = 1, max = 3) String,
                  @Size(min = 1, max = 3) List<@StringLength(max = 3) String>>
              one,
      @ForAll @Size(max = 3) Map<
                  @StringLength(min = 1, max = 3) String,
                  @Size(min = 1, max = 3) List<@StringLength(max = 3) String>>
              other) {
    assertThat(withHeaders(one).key().equals(withHeaders(other).key()))
        .isEqualTo(asSent(one).equals(asSent(other)));
  }

  /** Returns headers as the SDK keeps them: of two names that differ in case, one. */
  private static Map<String, List<String>> asSent(Map<String, List<String>> headers) {
    ClientOverrideConfiguration.Builder overrides = ClientOverrideConfiguration.builder();
    headers.forEach(overrides::putHeader);
    Map<String, List<String>> sent = new HashMap<>();
    overrides
        .build()
        .headers()
        .forEach((name, values) -> sent.put(name.toLowerCase(Locale.ROOT), values));
    return sent;
  }

  @Test
  void of_whenTextMovesBetweenHeadersAndValues_identitiesDiffer() {
    assertThat(
            Stream.of(
                    Map.of("a", List.of("b", "c")),
                    Map.of("a", List.of("b,c")),
                    Map.of("a", List.of("bc")),
                    Map.of("ab", List.of("c")),
                    Map.of("a", List.of("b"), "c", List.of("")),
                    Map.of("a", List.of("b", "c", "")),
                    Map.of("a", List.of("b"), "header", List.of("c")),
                    Map.of("a", List.of("b", "header", "c")),
                    Map.of("a", List.of("b", "header", "c", "1")),
                    Map.<String, List<String>>of())
                .map(DelegateInfoTest::withHeaders))
        .doesNotHaveDuplicates();
  }

  @Test
  void of_whenNameLooksLikeAnythingElse_neverEqualsAnUnnamedClient() {
    ClientOptions options = new ClientOptions().identity("name");
    String named =
        DelegateInfo.of(() -> made(ClientOverrideConfiguration.builder().build()), RULES, options)
            .identity()
            .key();
    String byEndpoint = identity(b -> b.endpointOverride(URI.create("http://own/name=name"))).key();
    assertThat(named).startsWith("eu-west-1  ").isNotEqualTo(byEndpoint);
    assertThat(byEndpoint).containsOnlyOnce(" ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "two words", "a/b", "ä", "a=b", "a\nb"})
  void identity_whenNameIsNotAName_isRefused(String name) {
    assertThatThrownBy(() -> new ClientOptions().identity(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("identity");
  }

  @Test
  void of_whenTheSdksAttributesAreSet_neverReadsThem() {
    Configuration token =
        overriding(
            o ->
                o.putExecutionAttribute(
                    SdkInternalExecutionAttribute.TOKEN_CONFIGURED_FROM_ENV, SECRET));
    Configuration another =
        overriding(
            o ->
                o.putExecutionAttribute(
                    SdkInternalExecutionAttribute.TOKEN_CONFIGURED_FROM_ENV, "another"));
    assertThat(identity(token))
        .isEqualTo(identity(another))
        .isEqualTo(identity(Configurations.PLAIN));
  }

  @Test
  void of_whenAnAttributeOfTheSdkHoldsAnything_touchesItNot() {
    ClientOverrideConfiguration overrides =
        ClientOverrideConfiguration.builder()
            .putExecutionAttribute(
                SdkExecutionAttribute.PROFILE_FILE_SUPPLIER,
                new Supplier<ProfileFile>() {
                  @Override
                  public ProfileFile get() {
                    throw new AssertionError("read");
                  }

                  @Override
                  public String toString() {
                    throw new AssertionError("read");
                  }
                })
            .build();
    assertThat(identity(() -> made(overrides))).isEqualTo(new ClientIdentity("eu-west-1 ", false));
  }

  @Test
  void of_whenAnAttributeIsOurs_isAPlainClient() {
    ExecutionAttributes ofScope =
        ALICE
            .applyTo(FakeBedrock.ask("one"))
            .overrideConfiguration()
            .orElseThrow()
            .executionAttributes();
    assertThat(ofScope.getAttributes()).hasSize(1);
    Configuration ours = overriding(o -> o.executionAttributes(ofScope));
    assertThat(identity(ours)).isEqualTo(identity(Configurations.PLAIN));
  }

  @Test
  void of_whenAttributesAreOfSimpleTypes_goByTypeAndText() {
    assertThat(
            Stream.of("1", 1, 1L, 1.0, '1', true, "true", Level.WARN, "WARN", "")
                .map(
                    value ->
                        identity(
                            overriding(
                                o -> o.putExecutionAttribute(Configurations.CONTEXT, value))))
                .peek(identity -> assertThat(identity.isPrivate()).isFalse()))
        .doesNotHaveDuplicates();
  }

  /** Clients that say nothing of themselves. */
  static Stream<Supplier<BedrockRuntimeServiceClientConfiguration>> silent() {
    return Stream.of(
        () -> {
          throw new UnsupportedOperationException();
        },
        () -> {
          throw new IllegalStateException("closed");
        },
        () -> {
          throw new NoSuchMethodError("of another SDK");
        },
        () -> null,
        () -> BedrockRuntimeServiceClientConfiguration.builder().build());
  }

  @ParameterizedTest
  @MethodSource("silent")
  void of_whenClientDoesNotSayItsRegion_isPrivateUntilItIsNamed(
      Supplier<BedrockRuntimeServiceClientConfiguration> client) {
    CapturedLog.start();
    ClientIdentity one = identity(client);
    ClientIdentity other = identity(client);
    List<LoggingEvent> logged = CapturedLog.stop();

    assertThat(one.isPrivate()).isTrue();
    assertThat(other.key()).isNotEqualTo(one.key());
    assertThat(logged).hasSize(2).extracting(LoggingEvent::getLevel).containsOnly(Level.WARN);
    assertThat(text(logged.get(0)))
        .contains("does not say its region", "options -> options.identity(");

    ClientOptions named = new ClientOptions().identity("local");
    ClientIdentity local = DelegateInfo.of(client, RULES, named).identity();
    assertThat(local).isEqualTo(DelegateInfo.of(client, RULES, named).identity());
    assertThat(local.isPrivate()).isFalse();
  }

  @Test
  void of_whenTheConfigurationIsMadeByHand_readsItsTimeout() {
    ClientOverrideConfiguration overrides =
        ClientOverrideConfiguration.builder().apiCallTimeout(Duration.ofSeconds(3)).build();
    assertThat(DelegateInfo.of(() -> made(overrides), RULES, new ClientOptions()).apiCallTimeout())
        .isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void of_whenClientIsPrivate_warnsOnceWithNamesAndTheLineAndNoValue() {
    Configuration configured =
        overriding(
            o ->
                o.addExecutionInterceptor(new SystemPrompt(SECRET))
                    .putHeader("X-Own", SECRET)
                    .putExecutionAttribute(Configurations.TENANT, SECRET)
                    .putExecutionAttribute(Configurations.CONTEXT, List.of(SECRET)));
    try (BedrockRuntimeClient client = SdkClients.sync(new EchoHttp(), configured)) {
      CapturedLog.start();
      DelegateInfo info =
          DelegateInfo.of(client::serviceClientConfiguration, RULES, new ClientOptions());
      List<LoggingEvent> logged = CapturedLog.stop();

      assertThat(logged).filteredOn(e -> e.getLevel() == Level.WARN).hasSize(1);
      String all = String.join("\n", logged.stream().map(DelegateInfoTest::text).toList());
      assertThat(all)
          .contains(
              "interceptor " + SystemPrompt.class.getName(),
              "execution attribute TenantContext",
              "x-own",
              "create(delegate, cache, options -> options.identity(",
              "BedrockCache.builder().trustedInterceptors("
                  + SystemPrompt.class.getCanonicalName()
                  + ".class)")
          .doesNotContain(SECRET);
      assertThat(info.toString()).doesNotContain(SECRET);
    }
  }

  @Test
  void of_whenClientShares_warnsNot() {
    CapturedLog.start();
    Configurations.readable().values().forEach(DelegateInfoTest::identity);
    assertThat(CapturedLog.stop()).extracting(LoggingEvent::getLevel).doesNotContain(Level.WARN);
  }

  private static String text(LoggingEvent event) {
    String text = event.getMessage();
    for (Object argument : event.getArguments()) {
      text = text.replaceFirst("\\{}", Matcher.quoteReplacement(argument.toString()));
    }
    return text;
  }
}
