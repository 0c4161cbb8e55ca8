package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.bedrockruntime.model.AccessDeniedException;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/** Two callers with different clients ask the same, and the first one's client fails. */
@Timeout(60)
class LeadersOwnFailuresTest {
  private final BedrockCache cache = BedrockCache.builder().executor(StreamCalls.JOINED).build();

  @AfterEach
  void close() {
    cache.close();
  }

  private static AwsServiceException coded(int status, String code) {
    return AwsServiceException.builder()
        .statusCode(status)
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage("no").build())
        .build();
  }

  static Stream<Throwable> leadersAlone() {
    return Stream.of(
        coded(403, "ExpiredTokenException"),
        coded(400, "UnrecognizedClientException"),
        coded(403, "InvalidSignatureException"),
        coded(400, "RequestExpired"),
        coded(401, "UnauthorizedException"),
        AccessDeniedException.builder().statusCode(403).message("no").build(),
        SdkClientException.create("Unable to load credentials from any of the providers"),
        SdkClientException.create(
            "Failed to load credentials from IMDS.", new IOException("no route")),
        SdkClientException.create("Unable to marshall request to JSON"),
        ApiCallTimeoutException.create(10),
        ApiCallAttemptTimeoutException.create(10),
        AbortedException.create("interrupted"),
        new RejectedExecutionException("full"),
        new IllegalStateException("Connection pool shut down"));
  }

  static Stream<Throwable> everybodys() {
    return Stream.of(
        FakeBedrock.throttled(),
        ThrottlingException.builder().statusCode(429).message("slow").build(),
        ValidationException.builder().statusCode(400).message("no").build(),
        coded(500, "InternalServerException"),
        coded(404, "ResourceNotFoundException"),
        SdkClientException.create(
            "Unable to execute HTTP request", new IOException("Connection refused")),
        SdkClientException.create(
            "Unable to execute HTTP request", new SocketTimeoutException("Read timed out")));
  }

  private CompletableFuture<ConverseResponse> followerOfALeaderThatFailsWith(Throwable failure) {
    CompletableFuture<ConverseResponse> first = new CompletableFuture<>();
    CachingBedrockAsyncClient leaders =
        StreamCalls.cached(new ScriptedAsyncClient(() -> first), cache);
    CachingBedrockAsyncClient followers =
        StreamCalls.cached(
            new ScriptedAsyncClient(
                () ->
                    CompletableFuture.completedFuture(
                        FakeBedrock.reply("by the good client", StopReason.END_TURN))),
            cache);
    CompletableFuture<ConverseResponse> leader = leaders.converse(FakeBedrock.ask("one"));
    CompletableFuture<ConverseResponse> follower = followers.converse(FakeBedrock.ask("one"));
    first.completeExceptionally(failure);
    assertThat(catchThrowable(leader::join)).hasCause(failure);
    return follower;
  }

  @ParameterizedTest
  @MethodSource("leadersAlone")
  void failureComesFromTheLeadersClient_followerAsksByItsOwn(Throwable failure) {
    assertThat(followerOfALeaderThatFailsWith(failure)).isCompleted();
  }

  @ParameterizedTest
  @MethodSource("everybodys")
  void failureIsBedrocksOrTheNetworks_followerGetsTheSameObject(Throwable failure) {
    Throwable thrown = catchThrowable(followerOfALeaderThatFailsWith(failure)::join);
    assertThat(thrown.getCause()).isSameAs(failure);
  }

  /** However many clients fail before, a follower waits for three at most. */
  @Test
  void everyLeaderFails_followerWaitsForAFewAndThenAsksForItself() {
    CompletableFuture<ConverseResponse> stuck = new CompletableFuture<>();
    int[] calls = {0};
    CachingBedrockAsyncClient client =
        StreamCalls.cached(
            new ScriptedAsyncClient(
                () -> calls[0]++ == 0 ? stuck : CompletableFuture.failedFuture(denied())),
            cache);
    CompletableFuture<ConverseResponse> leader = client.converse(FakeBedrock.ask("one"));
    CompletableFuture<?>[] followers = new CompletableFuture<?>[20];
    for (int i = 0; i < followers.length; i++) {
      followers[i] = client.converse(FakeBedrock.ask("one"));
    }
    stuck.completeExceptionally(denied());
    assertThat(leader).isCompletedExceptionally();
    assertThat(followers).allSatisfy(one -> assertThat(one).isCompletedExceptionally());
    assertThat(calls[0]).isEqualTo(1 + followers.length);
  }

  private static Throwable denied() {
    return coded(403, "AccessDeniedException");
  }
}
