package com.gymcoach.bedrock.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class TourTest {
  private static final Options OPTIONS = Options.parse();
  private static final AwsCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));
  private static final List<String> ROWS =
      List.of(
          "1 +a first question +bedrock .* 1 / 1 / 1 +nothing kept for it; kept, good for 5[3-9] min",
          "2 +the same again +hot .* 0 / 0 / 0 +in memory.*",
          "3 +the same, on a second instance +warm .* 0 / 1 / 0 +in DynamoDB.*",
          "4 +the same, by another user +bedrock .* 1 / 1 / 1 .*",
          "5 +another endpoint, kept for a day +bedrock .* 1 / 1 / 1 .*good for 2[1-4] h",
          "6 +the first again, once invalidated +bedrock .* 1 / 1 / 1 .*",
          "7 +a new question, DynamoDB down +bedrock .* 1 / 0 / 0 .*; kept in memory, .*",
          "8a +an answer cut off at 5 tokens +bedrock .* 1 / 1 / 0 +cut off.*",
          "8b +the same again +bedrock .* 1 / 1 / 0 +cut off.*",
          "9a +the first question, streamed +bedrock .* 1 / 1 / 1 .*; kept when it had ended; first"
              + " text after .* ms",
          "9b +the same stream again +hot .* 0 / 0 / 0 +in memory.*; first text after .* ms");

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  private List<String> lines() {
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private int tourOf(UnaryOperator<Services> sabotage) {
    try (Services local = LocalServices.start(Duration.ZERO, OPTIONS.table())) {
      return Tour.run(out, OPTIONS, sabotage.apply(local));
    }
  }

  private void assertEveryStepIsRight() {
    assertThat(lines()).noneMatch(line -> line.contains("WRONG"));
    assertThat(lines().stream().filter(line -> line.matches("[1-9][ab]? .*")))
        .zipSatisfy(ROWS, (line, row) -> assertThat(line).matches(row));
    assertThat(lines()).last().isEqualTo("Every step did what it says.");
  }

  @Test
  void run_whenAllIsWell_takesEveryStep() {
    assertThat(Tour.run(out, "--delay", "5ms")).isZero();
    assertEveryStepIsRight();
    assertThat(lines()).anyMatch(line -> line.contains("Bedrock is a stand-in on this machine"));
  }

  @Test
  void run_whenCountedInTheSdk_judgesTheSame() {
    int code =
        tourOf(
            local ->
                new AwsServices(
                    BedrockRuntimeClient.builder()
                        .endpointOverride(endpointOf(local.bedrock()))
                        .region(Region.US_EAST_1)
                        .credentialsProvider(CREDENTIALS),
                    BedrockRuntimeAsyncClient.builder()
                        .endpointOverride(endpointOf(local.bedrock()))
                        .region(Region.US_EAST_1)
                        .httpClientBuilder(
                            NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1))
                        .credentialsProvider(CREDENTIALS),
                    DynamoDbClient.builder()
                        .endpointOverride(endpointOf(local.dynamoDb()))
                        .region(Region.US_EAST_1)
                        .credentialsProvider(CREDENTIALS)));
    assertThat(code).isZero();
    assertEveryStepIsRight();
  }

  private static URI endpointOf(SdkClient client) {
    return client.serviceClientConfiguration().endpointOverride().orElseThrow();
  }

  @Test
  void run_whenDynamoDbIsDownAllAlong_fails() {
    int code =
        tourOf(
            local ->
                new Sabotaged(local) {
                  @Override
                  public void outage(boolean on) {
                    super.outage(true);
                  }
                });
    assertThat(code).isEqualTo(1);
    assertThat(lines())
        .anyMatch(line -> line.matches("8a .*1 / 0 / 0 .*"))
        .contains("    ^ WRONG: arrived 1 / 0 / 0, expected 1 / 1 / 0")
        .last()
        .isEqualTo("3 steps did not do what the tour says: FAILED.");
  }

  @Test
  void run_whenBedrockIsAskedOnAHit_fails() {
    int code =
        tourOf(
            local ->
                new Sabotaged(local) {
                  private int looks;

                  @Override
                  public Counts arrived() {
                    Counts arrived = super.arrived();
                    looks++; // a request more between any two looks
                    return new Counts(arrived.bedrock() + looks, arrived.reads(), arrived.others());
                  }
                });
    assertThat(code).isEqualTo(1);
    assertThat(lines())
        .contains("    ^ WRONG: arrived 1 / 0 / 0, expected 0 / 0 / 0")
        .last()
        .isEqualTo("11 steps did not do what the tour says: FAILED.");
  }

  @Test
  void run_whenBedrockFails_saysSoAndGoesOn() {
    int code =
        tourOf(
            local ->
                new Sabotaged(local) {
                  @Override
                  public BedrockRuntimeClient bedrock() {
                    BedrockRuntimeClient closed = super.bedrock();
                    closed.close();
                    return closed;
                  }
                });
    assertThat(code).isEqualTo(1);
    // All but the two that stream, with a client of their own.
    assertThat(lines()).last().isEqualTo("9 steps did not do what the tour says: FAILED.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--what", "--delay", "--delay 11s", "--delay x", "--table"})
  void run_whenOptionsAreWrong_printsUsage(String args) {
    assertThat(Tour.run(out, args.split(" ", -1))).isEqualTo(2);
    assertThat(lines()).hasSizeGreaterThan(2).contains("Options:");
  }

  @Test
  void run_whenAskedForHelp_printsUsage() {
    assertThat(Tour.run(out, "--help")).isZero();
    assertThat(lines()).first().isEqualTo("Options:");
  }

  @Test
  void connect_whenNothingIsConfigured_saysWhatToDo() {
    assertThatThrownBy(
            () ->
                AwsServices.connect(
                    () -> {
                      throw SdkClientException.create("no region");
                    },
                    CREDENTIALS))
        .isInstanceOf(SetupException.class)
        .hasMessageContaining("AWS_REGION");
    assertThatThrownBy(
            () ->
                AwsServices.connect(
                    () -> Region.US_EAST_1,
                    () -> {
                      throw SdkClientException.create("no credentials");
                    }))
        .isInstanceOf(SetupException.class)
        .hasMessageContaining("credentials");
  }

  /** The local services, of which a test changes something. */
  private static class Sabotaged implements Services {
    private final Services real;

    Sabotaged(Services real) {
      this.real = real;
    }

    @Override
    public String introduction() {
      return real.introduction();
    }

    @Override
    public BedrockRuntimeClient bedrock() {
      return real.bedrock();
    }

    @Override
    public BedrockRuntimeAsyncClient bedrockStreams() {
      return real.bedrockStreams();
    }

    @Override
    public DynamoDbClient dynamoDb() {
      return real.dynamoDb();
    }

    @Override
    public Counts arrived() {
      return real.arrived();
    }

    @Override
    public void outage(boolean on) {
      real.outage(on);
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
