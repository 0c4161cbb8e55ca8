package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.testkit.DynamoDbLocal.Refusal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;

class DynamoDbLocalTest {
  private static final DynamoDbLocal LOCAL = DynamoDbLocal.start();
  private static final DynamoDbClient CLIENT =
      DynamoDbClient.builder()
          .endpointOverride(LOCAL.endpoint())
          .region(Region.EU_CENTRAL_1)
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
          .httpClient(Apache5HttpClient.create())
          .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
          .build();

  @AfterEach
  void passOn() {
    LOCAL.answerAsUsual();
  }

  @AfterAll
  static void stop() {
    CLIENT.close();
    LOCAL.close();
  }

  @Test
  void answerWith_whenItRefuses_theClientIsToldWhy() {
    LOCAL.answerWith(
        request ->
            request.operation().equals("ListTables")
                ? new Refusal(400, "ProvisionedThroughputExceededException", "too much")
                : null);
    int before = LOCAL.requests("ListTables");
    assertThatThrownBy(CLIENT::listTables)
        .isInstanceOf(ProvisionedThroughputExceededException.class)
        .hasMessageContaining("too much");
    assertThat(LOCAL.requests("ListTables")).isEqualTo(before + 1);
    assertThat(CLIENT.describeLimits()).isNotNull();
  }

  @Test
  void answerWith_whenItWaits_theRequestIsPassedOnAfterwards() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    LOCAL.answerWith(
        request -> {
          asked.countDown();
          over.await();
          return null;
        });
    CompletableFuture<Object> answer = CompletableFuture.supplyAsync(CLIENT::listTables);
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(answer).isNotDone();
    over.countDown();
    assertThat(answer.get(30, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void answerWith_whenItThrows_thereIsNoAnswer() {
    LOCAL.answerWith(
        request -> {
          throw new IllegalStateException("no answer");
        });
    assertThatThrownBy(CLIENT::listTables).isInstanceOf(SdkClientException.class);
    LOCAL.answerAsUsual();
    assertThat(CLIENT.listTables().tableNames()).isEmpty();
  }
}
