package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.token.credentials.SdkTokenProvider;
import software.amazon.awssdk.auth.token.credentials.StaticTokenProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.CompressionConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.endpoints.EndpointProvider;
import software.amazon.awssdk.http.auth.spi.scheme.AuthSchemeProvider;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;
import software.amazon.awssdk.metrics.LoggingMetricPublisher;
import software.amazon.awssdk.services.bedrockruntime.auth.scheme.BedrockRuntimeAuthSchemeProvider;
import software.amazon.awssdk.services.bedrockruntime.endpoints.BedrockRuntimeEndpointProvider;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;

/**
 * Each member of a request's override configuration alone: either the request bypasses the cache,
 * or the member cannot change an answer. A new version of the SDK that brings a member fails here
 * until it has been classified.
 */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class RequestOverridesTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final ExecutionAttribute<String> OWN = new ExecutionAttribute<>("OwnOverride");

  /** A member of the override configuration. */
  private record Member(
      boolean bypasses, Consumer<AwsRequestOverrideConfiguration.Builder> setting) {
    static Member bypassing(Consumer<AwsRequestOverrideConfiguration.Builder> setting) {
      return new Member(true, setting);
    }

    static Member harmless(Consumer<AwsRequestOverrideConfiguration.Builder> setting) {
      return new Member(false, setting);
    }
  }

  private static final Map<String, Member> MEMBERS = members();

  @SuppressWarnings("deprecation") // deprecated, and still heeded by the SDK
  private static Map<String, Member> members() {
    SdkTokenProvider tokens = StaticTokenProvider.create(() -> "token");
    IdentityProvider<AwsCredentialsIdentity> identities = new OwnIdentities();
    EndpointProvider endpoints = BedrockRuntimeEndpointProvider.defaultProvider();
    AuthSchemeProvider schemes = BedrockRuntimeAuthSchemeProvider.defaultProvider();
    Map<String, Member> members = new TreeMap<>();
    members.put("headers", Member.bypassing(o -> o.putHeader("X-Own", "a")));
    members.put("rawQueryParameters", Member.bypassing(o -> o.putRawQueryParameter("own", "a")));
    members.put("executionAttributes", Member.bypassing(o -> o.putExecutionAttribute(OWN, "a")));
    members.put("signer", Member.bypassing(o -> o.signer((request, attributes) -> request)));
    members.put("plugins", Member.bypassing(o -> o.addPlugin(configuration -> {})));
    members.put("endpointProvider", Member.bypassing(o -> o.endpointProvider(endpoints)));
    members.put("authSchemeProvider", Member.bypassing(o -> o.authSchemeProvider(schemes)));
    members.put(
        "credentialsProvider",
        Member.bypassing(o -> o.credentialsProvider(AnonymousCredentialsProvider.create())));
    members.put(
        "credentialsIdentityProvider", Member.bypassing(o -> o.credentialsProvider(identities)));
    members.put("tokenIdentityProvider", Member.bypassing(o -> o.tokenIdentityProvider(tokens)));
    members.put("apiNames", Member.harmless(o -> o.addApiName(n -> n.name("own").version("1"))));
    members.put("apiCallTimeout", Member.harmless(o -> o.apiCallTimeout(Duration.ofHours(1))));
    members.put(
        "apiCallAttemptTimeout",
        Member.harmless(o -> o.apiCallAttemptTimeout(Duration.ofHours(1))));
    members.put(
        "metricPublishers",
        Member.harmless(o -> o.addMetricPublisher(LoggingMetricPublisher.create())));
    members.put(
        "compressionConfiguration",
        Member.harmless(
            o ->
                o.compressionConfiguration(
                    CompressionConfiguration.builder().requestCompressionEnabled(false).build())));
    return members;
  }

  /** An identity provider that is no credentials provider of the older kind. */
  private static final class OwnIdentities implements IdentityProvider<AwsCredentialsIdentity> {
    @Override
    public Class<AwsCredentialsIdentity> identityType() {
      return AwsCredentialsIdentity.class;
    }

    @Override
    public CompletableFuture<AwsCredentialsIdentity> resolveIdentity(
        ResolveIdentityRequest request) {
      return CompletableFuture.failedFuture(new AssertionError("Nothing asks for credentials"));
    }
  }

  private final FakeBedrock bedrock = new FakeBedrock();
  private final Caller client;

  RequestOverridesTest(CallingStyle way) {
    this.client = way.over(bedrock, BedrockCache.builder().build()).forScope(ALICE);
  }

  static Set<String> names() {
    return MEMBERS.keySet();
  }

  @Test
  void everyMember_isClassified() {
    assertThat(MEMBERS.keySet()).isEqualTo(getters(AwsRequestOverrideConfiguration.class));
  }

  /** Returns the names of a configuration's getters. */
  static Set<String> getters(Class<?> configuration) {
    return Arrays.stream(configuration.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> method.getDeclaringClass() != Object.class)
        .map(Method::getName)
        .filter(
            name -> !Set.of("toBuilder", "equals", "hashCode", "toString", "copy").contains(name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @MethodSource("names")
  void converse_whenRequestOverridesOneMember_bypassesUnlessItIsHarmless(String name) {
    Member member = Objects.requireNonNull(MEMBERS.get(name));
    client.converse(ask("one"));
    ConverseRequest overriding =
        ask("one").toBuilder().overrideConfiguration(member.setting()).build();

    CacheOutcome outcome = CacheOutcome.of(client.converse(overriding));

    assertThat(outcome)
        .hasToString(member.bypasses() ? "BYPASS, REQUEST_OVERRIDE" : "HIT from HOT, 0 s old");
    assertThat(bedrock.calls).hasValue(member.bypasses() ? 2 : 1);
  }
}
