package com.gymcoach.bedrock.cache;

import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.interceptor.TraceIdExecutionInterceptor;
import software.amazon.awssdk.core.SdkPlugin;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeBaseClientBuilder;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.auth.scheme.BedrockRuntimeAuthSchemeProvider;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;
import software.amazon.awssdkx.AlmostTheSdks;

/** Configurations of SDK clients, by what is configured. */
final class Configurations {
  /** A change to the builder of a client, sync or async. */
  interface Configuration extends Consumer<BedrockRuntimeBaseClientBuilder<?, ?>> {}

  static final String GUARDRAIL_HEADER = "X-Amzn-Bedrock-GuardrailIdentifier";
  static final ExecutionAttribute<String> TENANT = new ExecutionAttribute<>("Tenant");
  static final ExecutionAttribute<Object> CONTEXT = new ExecutionAttribute<>("TenantContext");

  private Configurations() {}

  static final Configuration PLAIN = builder -> {};

  /** Returns a configuration that adds to the client's override configuration. */
  static Configuration overriding(Consumer<ClientOverrideConfiguration.Builder> overrides) {
    return builder -> builder.overrideConfiguration(overrides);
  }

  static Configuration header(String name, String... values) {
    return overriding(o -> o.putHeader(name, List.of(values)));
  }

  static Configuration interceptor(ExecutionInterceptor interceptor) {
    return overriding(o -> o.addExecutionInterceptor(interceptor));
  }

  /** Returns configurations whose values can be read, and are part of the key. */
  static Map<String, Configuration> readable() {
    Map<String, Configuration> all = new TreeMap<>();
    all.put("header", header(GUARDRAIL_HEADER, "gr-1"));
    all.put("header of a plugin", plugin(o -> o.putHeader(GUARDRAIL_HEADER, "gr-2")));
    all.put("header with two values", header(GUARDRAIL_HEADER, "gr-1", "gr-2"));
    all.put("attribute", overriding(o -> o.putExecutionAttribute(TENANT, "a")));
    return all;
  }

  /** Returns configurations that only the service can judge. */
  @SuppressWarnings("deprecation") // deprecated, and still heeded by the SDK
  static Map<String, Configuration> untrusted() {
    Map<String, Configuration> all = new TreeMap<>();
    all.put("interceptor", interceptor(new SystemPrompt("Be brief.")));
    all.put("anonymous interceptor", interceptor(new ExecutionInterceptor() {}));
    all.put("proxy", interceptor(proxy()));
    all.put("subclass of the SDK's", interceptor(new TraceIdExecutionInterceptor() {}));
    all.put("almost the SDK's", interceptor(new AlmostTheSdks()));
    all.put(
        "interceptor of a plugin",
        plugin(o -> o.addExecutionInterceptor(new SystemPrompt("Rhyme."))));
    all.put(
        "endpoint provider",
        builder ->
            builder.endpointProvider(
                parameters ->
                    CompletableFuture.completedFuture(
                        Endpoint.builder().url(URI.create("http://elsewhere")).build())));
    all.put(
        "auth-scheme provider",
        builder ->
            builder.authSchemeProvider(
                parameters ->
                    BedrockRuntimeAuthSchemeProvider.defaultProvider()
                        .resolveAuthScheme(parameters)));
    all.put("auth scheme", builder -> builder.putAuthScheme(new OwnAuthScheme()));
    all.put(
        "signer",
        overriding(o -> o.putAdvancedOption(SdkAdvancedClientOption.SIGNER, (r, e) -> r)));
    all.put(
        "token signer",
        overriding(o -> o.putAdvancedOption(SdkAdvancedClientOption.TOKEN_SIGNER, (r, e) -> r)));
    all.put(
        "attribute of any class", overriding(o -> o.putExecutionAttribute(CONTEXT, new Object())));
    return all;
  }

  private static Configuration plugin(Consumer<ClientOverrideConfiguration.Builder> overrides) {
    SdkPlugin plugin =
        configuration -> {
          var service = (BedrockRuntimeServiceClientConfiguration.Builder) configuration;
          service.overrideConfiguration(service.overrideConfiguration().copy(overrides));
        };
    return builder -> builder.addPlugin(plugin);
  }

  private static ExecutionInterceptor proxy() {
    return (ExecutionInterceptor)
        Proxy.newProxyInstance(
            Configurations.class.getClassLoader(),
            new Class<?>[] {ExecutionInterceptor.class},
            (self, method, arguments) ->
                method.isDefault()
                    ? java.lang.reflect.InvocationHandler.invokeDefault(self, method, arguments)
                    : method.invoke(Configurations.class, arguments));
  }

  /** Puts a system prompt into each request, as a tenant's interceptor may. */
  static class SystemPrompt implements ExecutionInterceptor {
    private final String text;

    SystemPrompt(String text) {
      this.text = text;
    }

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
      SystemContentBlock system = SystemContentBlock.fromText(text);
      if (context.request() instanceof ConverseRequest request) {
        return request.toBuilder().system(system).build();
      }
      return context.request() instanceof ConverseStreamRequest request
          ? request.toBuilder().system(system).build()
          : context.request();
    }
  }

  /** Signs as the SDK does, which its class does not say. */
  private static final class OwnAuthScheme implements AwsV4AuthScheme {
    private final AwsV4AuthScheme real = AwsV4AuthScheme.create();

    @Override
    public String schemeId() {
      return real.schemeId();
    }

    @Override
    public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
      return real.identityProvider(providers);
    }

    @Override
    public AwsV4HttpSigner signer() {
      return real.signer();
    }
  }
}
