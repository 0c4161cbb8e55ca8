package com.gymcoach.bedrock.examples.springboot;

import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** A stand-in for Bedrock on this machine, for the profile {@code local}. */
@Configuration(proxyBeanMethods = false)
@Profile("local")
class LocalBedrock {
  @Bean
  BedrockStandIn standIn() {
    return BedrockStandIn.start().delay(Duration.ofSeconds(1));
  }

  @Bean
  BedrockRuntimeClient bedrock(BedrockStandIn standIn) {
    return BedrockRuntimeClient.builder()
        .endpointOverride(standIn.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .build();
  }
}
