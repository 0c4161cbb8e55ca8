package com.gymcoach.bedrock.examples.springboot;

import com.gymcoach.bedrock.dynamodb.CacheTable;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A stand-in for Bedrock, and DynamoDB Local, in this process, for the profile {@code local}. */
@Configuration(proxyBeanMethods = false)
@Profile("local")
class LocalServices {
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

  @Bean
  DynamoDbLocal dynamoDbLocal() {
    return DynamoDbLocal.start();
  }

  /** The client, once the table is there. */
  @Bean
  DynamoDbClient dynamoDb(
      DynamoDbLocal local, @Value("${bedrock.cache.dynamodb.table-name}") String table) {
    DynamoDbClient client =
        DynamoDbClient.builder()
            .endpointOverride(local.endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .build();
    CacheTable.create(client, table);
    return client;
  }
}
