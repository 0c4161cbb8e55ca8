package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.store.StoreFailure;
import com.gymcoach.bedrock.cache.spi.store.StoreFailure.Kind;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

class FailuresTest {
  private static Throwable refusal(String code) {
    return new CompletionException(
        DynamoDbException.builder()
            .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
            .build());
  }

  /**
   * The SDK corrects its clock after such a refusal; credentials are replaced by their provider.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "RequestTimeTooSkewed",
        "RequestExpired",
        "RequestInTheFuture",
        "AuthFailure",
        "UnrecognizedClientException",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "IncompleteSignatureException",
        "MissingAuthenticationTokenException"
      })
  void classified_whenTheClientMayMendIt_isOrdinary(String code) {
    assertThat(Failures.classified(refusal(code))).isEqualTo(new StoreFailure(code, Kind.ORDINARY));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"AccessDeniedException", "ResourceNotFoundException", "ValidationException"})
  void classified_whenOnlyAnOperatorMendsIt_isPermanent(String code) {
    assertThat(Failures.classified(refusal(code)))
        .isEqualTo(new StoreFailure(code, Kind.PERMANENT));
  }

  @Test
  void classified_whenTheCallerWasInterrupted_isUnrelated() {
    Throwable interrupted = new Failures.CallerInterruptedException(new TimeoutException());
    assertThat(Failures.classified(new CompletionException(interrupted)).kind())
        .isEqualTo(Kind.UNRELATED);
  }

  @Test
  void classified_whenItHasNoCode_isNamedAfterItsClass() {
    assertThat(Failures.classified(new TimeoutException("secret")))
        .isEqualTo(new StoreFailure("TimeoutException", Kind.ORDINARY));
  }
}
