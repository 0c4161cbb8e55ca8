package com.gymcoach.bedrock.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.RecordedBedrock;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * A recorded test. Its recordings are in {@code src/test/resources/bedrock-recordings}. They were
 * made with the stand-in, because this build has no AWS account; {@code
 * -Dbedrock.recordings=refresh} makes them again.
 */
// region example test
@RecordedBedrock(clients = RecordedCoachTest.StandIn.class, secrets = "gym-[0-9]+")
class RecordedCoachTest {
  @Test
  void answer_toAQuestionAboutSquats_beginsWithTheFeet(BedrockRuntimeClient bedrock) {
    assertThat(new Coach(bedrock).answer("How do I squat?")).startsWith("Stand with your feet");
  }

  @Test
  void stream_ofTheSameQuestion_comesInParts(BedrockRuntimeAsyncClient bedrock) {
    assertThat(Coach.stream(bedrock, "How do I squat?")).hasSizeGreaterThan(1);
  }

  /** The clients that record: here for a stand-in, in a service for a region or a profile. */
  static class StandIn extends RecordedBedrock.Clients {
    @Override
    public BedrockRuntimeClient client() {
      return BedrockRuntimeClient.builder()
          .region(Region.EU_CENTRAL_1)
          .endpointOverride(BedrockStandIn.start().endpoint())
          .credentialsProvider(AnonymousCredentialsProvider.create())
          .build();
    }

    @Override
    public BedrockRuntimeAsyncClient asyncClient() {
      return BedrockRuntimeAsyncClient.builder()
          .region(Region.EU_CENTRAL_1)
          .endpointOverride(BedrockStandIn.start().endpoint())
          .credentialsProvider(AnonymousCredentialsProvider.create())
          .httpClient(NettyNioAsyncHttpClient.create()) // HTTP/1.1, for the stand-in
          .build();
    }
  }
}
// endregion
