package com.gymcoach.bedrock.cache;

import static software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR;

import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClientBuilder;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeBaseClientBuilder;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClientBuilder;

/** The SDK's own clients, above an HTTP client of ours. */
final class SdkClients {
  private SdkClients() {}

  static BedrockRuntimeClient sync(
      EchoHttp http, Consumer<BedrockRuntimeBaseClientBuilder<?, ?>> configured) {
    BedrockRuntimeClientBuilder builder = BedrockRuntimeClient.builder().httpClient(http);
    builder.region(Region.EU_WEST_1).credentialsProvider(CREDENTIALS);
    configured.accept(builder);
    return builder.build();
  }

  static BedrockRuntimeAsyncClient async(
      EchoHttp http, Consumer<BedrockRuntimeBaseClientBuilder<?, ?>> configured) {
    BedrockRuntimeAsyncClientBuilder builder =
        BedrockRuntimeAsyncClient.builder()
            .httpClient(http)
            .asyncConfiguration(c -> c.advancedOption(FUTURE_COMPLETION_EXECUTOR, Runnable::run));
    builder.region(Region.EU_WEST_1).credentialsProvider(CREDENTIALS);
    configured.accept(builder);
    return builder.build();
  }

  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret"));
}
