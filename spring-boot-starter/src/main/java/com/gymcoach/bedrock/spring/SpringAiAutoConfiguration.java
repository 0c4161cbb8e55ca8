package com.gymcoach.bedrock.spring;

import org.springframework.ai.model.bedrock.autoconfigure.BedrockAwsConnectionProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * Gives Spring AI's Bedrock chat model its clients as beans, unless the application defines them.
 * Otherwise Spring AI builds clients that are not beans, which the cache cannot reach. They are
 * built as Spring AI builds its own, from the same properties {@code spring.ai.bedrock.aws}, and
 * only when they are asked for.
 */
@AutoConfiguration(
    beforeName =
        "org.springframework.ai.model.bedrock.converse.autoconfigure"
            + ".BedrockConverseProxyChatAutoConfiguration")
@ConditionalOnClass(
    value = {
      ApacheHttpClient.class,
      BedrockAwsConnectionProperties.class,
      BedrockRuntimeClient.class,
      NettyNioAsyncHttpClient.class
    },
    name = SpringAiAutoConfiguration.CHAT_MODEL)
@ConditionalOnMissingBean(type = SpringAiAutoConfiguration.CHAT_MODEL)
@ConditionalOnProperty(
    name = "spring.ai.model.chat", // as Spring AI's own
    havingValue = "bedrock-converse",
    matchIfMissing = true)
@ConditionalOnProperty(name = "bedrock.cache.enabled", havingValue = "true", matchIfMissing = true)
@SuppressWarnings("deprecation") // the HTTP client that Spring AI brings; Apache 5 may be missing
final class SpringAiAutoConfiguration {
  static final String CHAT_MODEL = "org.springframework.ai.bedrock.converse.BedrockProxyChatModel";

  private static final int MAX_CONCURRENCY = 200; // as Spring AI

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  BedrockRuntimeClient bedrockCacheSpringAiClient(
      BedrockAwsConnectionProperties properties,
      AwsCredentialsProvider credentials,
      AwsRegionProvider region) {
    return BedrockRuntimeClient.builder()
        .region(region.getRegion())
        .credentialsProvider(credentials)
        .overrideConfiguration(settings -> settings.apiCallTimeout(properties.getTimeout()))
        .httpClientBuilder(
            ApacheHttpClient.builder()
                .connectionAcquisitionTimeout(properties.getConnectionAcquisitionTimeout())
                .connectionTimeout(properties.getConnectionTimeout())
                .socketTimeout(properties.getSocketTimeout()))
        .build();
  }

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  BedrockRuntimeAsyncClient bedrockCacheSpringAiAsyncClient(
      BedrockAwsConnectionProperties properties,
      AwsCredentialsProvider credentials,
      AwsRegionProvider region) {
    return BedrockRuntimeAsyncClient.builder()
        .region(region.getRegion())
        .credentialsProvider(credentials)
        .overrideConfiguration(settings -> settings.apiCallTimeout(properties.getTimeout()))
        .httpClientBuilder(
            NettyNioAsyncHttpClient.builder()
                .tcpKeepAlive(true)
                .readTimeout(properties.getAsyncReadTimeout())
                .connectionTimeout(properties.getConnectionTimeout())
                .connectionAcquisitionTimeout(properties.getConnectionAcquisitionTimeout())
                .maxConcurrency(MAX_CONCURRENCY))
        .build();
  }
}
