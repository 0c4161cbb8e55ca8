package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.dynamodb.CacheTable;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What runs against AWS, pointed at what plays AWS here. */
class AwsServicesTest {
  private static final AwsCredentialsProvider SOMEBODY =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));

  private static BedrockStandIn bedrock;
  private static DynamoDbLocal dynamoDb;

  @BeforeAll
  static void start() {
    bedrock = BedrockStandIn.start();
    dynamoDb = DynamoDbLocal.start();
  }

  @AfterAll
  static void stop() {
    bedrock.close();
    dynamoDb.close();
  }

  private static AwsServices services() {
    return new AwsServices(
        BedrockRuntimeClient.builder()
            .endpointOverride(bedrock.endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(AnonymousCredentialsProvider.create()),
        DynamoDbClient.builder()
            .endpointOverride(dynamoDb.endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(SOMEBODY));
  }

  @Test
  void turn_ofTheRealServices_cutsTheLine() throws Exception {
    Options options =
        Options.parse(Map.of(), "--port", "0", "--read-budget", "10s", "--aws", "--table", "real");
    try (Twin twin =
        Twin.start(
            options,
            Tokens.withNewSecret(),
            (o, settings) -> {
              AwsServices services = services();
              CacheTable.create(services.dynamoDb(), settings.tableName());
              services.requireTable(settings.tableName());
              return services;
            })) {
      TwinClient client = new TwinClient(twin.url());
      String alice = client.token("alice");
      int atFirst = dynamoDb.requests();
      client.keep(alice, "one");
      assertThat(dynamoDb.requests()).isGreaterThan(atFirst);
      assertThat(dynamoDb.requests("PutItem")).isPositive(); // the line is no change of answers

      int atBedrock = bedrock.requests();
      client.post("/local/bedrock/stop");
      assertThat(client.chat(alice, "two").status()).isEqualTo(500);
      assertThat(client.chat(alice, "one").text("cacheSource")).isEqualTo("hot");
      assertThat(bedrock.requests()).isEqualTo(atBedrock);
      client.post("/local/bedrock/start");

      assertThat(client.post("/local/dynamodb/stop").text("dynamodb")).isEqualTo("down");
      assertThat(client.chat(alice, "three").text("cacheSource")).isEqualTo("bedrock");
      int atDynamoDb = dynamoDb.requests();
      assertThat(client.chat(alice, "four").text("cacheSource")).isEqualTo("bedrock");
      assertThat(dynamoDb.requests()).isEqualTo(atDynamoDb);
      assertThat(client.post("/local/dynamodb/start").text("dynamodb")).isEqualTo("up");
    }
  }

  @Test
  void requireTable_whereThereIsNone_saysSo() {
    try (AwsServices services = services()) {
      assertThatThrownBy(() -> services.requireTable("missing"))
          .isInstanceOf(SetupException.class)
          .hasMessageContaining("missing");
    }
  }

  @Test
  void connect_withoutARegion_saysWhatToSet() {
    assertThatThrownBy(
            () ->
                AwsServices.connect(
                    () -> {
                      throw SdkClientException.create("no region");
                    },
                    SOMEBODY,
                    "t"))
        .isInstanceOf(SetupException.class)
        .hasMessage("No AWS region is configured: set AWS_REGION.");
  }

  @Test
  void connect_withoutCredentials_saysWhatToDo() {
    assertThatThrownBy(
            () ->
                AwsServices.connect(
                    () -> Region.US_EAST_1,
                    () -> {
                      throw SdkClientException.create("no credentials");
                    },
                    "t"))
        .isInstanceOf(SetupException.class)
        .hasMessage("No AWS credentials were found: log in, or set AWS_PROFILE.");
  }
}
