package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.net.URI;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** The SDK's own clients as an application defines them, against a stand-in for Bedrock. */
@Configuration(proxyBeanMethods = false)
class LocalBedrock {
  @Bean(destroyMethod = "close")
  BedrockStandIn standIn() {
    return BedrockStandIn.start();
  }

  @Bean
  BedrockRuntimeClient bedrock(BedrockStandIn standIn, Environment settings) {
    return BedrockRuntimeClient.builder()
        .endpointOverride(settings.getProperty("bedrock.endpoint", URI.class, standIn.endpoint()))
        .region(Region.US_EAST_1)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .build();
  }

  @Bean
  BedrockRuntimeAsyncClient bedrockAsync(BedrockStandIn standIn) {
    return BedrockRuntimeAsyncClient.builder()
        .endpointOverride(standIn.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1))
        .build();
  }

  /** Returns a question to a model. */
  static ConverseRequest question(String text) {
    return ConverseRequest.builder()
        .modelId("anthropic.claude-3-haiku-20240307-v1:0")
        .messages(
            Message.builder()
                .role(ConversationRole.USER)
                .content(ContentBlock.fromText(text))
                .build())
        .build();
  }
}
