package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.ManualTime;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/** Credentials in the store's hand, by a clock set by hand. */
class ReadyCredentialsTest {
  private static final Duration TIMEOUT = Duration.ofMillis(100);

  private final ManualTime time = ManualTime.startingAt(Instant.parse("2026-11-30T00:00:00Z"));
  private final Queue<Runnable> threads = new ArrayDeque<>();
  private int resolved;
  private Supplier<CompletableFuture<AwsCredentialsIdentity>> provider =
      () -> CompletableFuture.completedFuture(identity(null));
  private final ReadyCredentials credentials =
      new ReadyCredentials(
          new Provider(),
          AwsRequestOverrideConfiguration.builder().apiCallTimeout(TIMEOUT).build(),
          threads::add,
          time);

  private AwsCredentialsIdentity identity(@Nullable Instant expiration) {
    return new Identity("key-" + resolved, "secret", Optional.ofNullable(expiration));
  }

  private record Identity(
      String accessKeyId, String secretAccessKey, Optional<Instant> expirationTime)
      implements AwsCredentialsIdentity {}

  private final class Provider implements IdentityProvider<AwsCredentialsIdentity> {
    @Override
    public Class<AwsCredentialsIdentity> identityType() {
      return AwsCredentialsIdentity.class;
    }

    @Override
    public CompletableFuture<AwsCredentialsIdentity> resolveIdentity(ResolveIdentityRequest asked) {
      resolved++;
      return provider.get();
    }
  }

  private void threadsAreFree() {
    while (!threads.isEmpty()) {
      Objects.requireNonNull(threads.remove()).run();
    }
  }

  /** Returns the access key that the next call would be sent with, or null. */
  private @Nullable String key() {
    AwsRequestOverrideConfiguration request = credentials.request();
    if (request == null) {
      return null;
    }
    assertThat(request.apiCallTimeout()).contains(TIMEOUT);
    return request
        .credentialsIdentityProvider()
        .orElseThrow()
        .resolveIdentity()
        .join()
        .accessKeyId();
  }

  private @Nullable String keyOnceResolved() {
    String unused = key();
    threadsAreFree();
    return key();
  }

  @Test
  void request_whenNothingIsResolved_isNullAndAsksOnceOnTheStoresThreads() {
    assertThat(key()).isNull();
    assertThat(key()).isNull();
    assertThat(resolved).isZero();
    assertThat(threads).hasSize(1);
    threadsAreFree();
    assertThat(key()).isEqualTo("key-1");
    assertThat(threads).isEmpty();
  }

  @Test
  void request_after10Seconds_isRenewedInTheBackground() {
    assertThat(keyOnceResolved()).isEqualTo("key-1");
    time.advance(Duration.ofSeconds(10));
    assertThat(key()).isEqualTo("key-1");
    threadsAreFree();
    assertThat(key()).isEqualTo("key-2");
  }

  @Test
  void request_whenTheProviderHangs_isNullAfterAMinuteAndTheProviderIsNotAskedAgain() {
    assertThat(keyOnceResolved()).isEqualTo("key-1");
    time.advance(Duration.ofSeconds(59));
    assertThat(key()).isEqualTo("key-1");
    assertThat(threads).hasSize(1); // the provider holds this thread
    time.advance(Duration.ofSeconds(1));
    assertThat(key()).isNull();
    assertThat(threads).hasSize(1);
  }

  /** Elapsed time stands still while a process is frozen. */
  @Test
  void request_afterTheProcessWasFrozen_isNull() {
    assertThat(keyOnceResolved()).isEqualTo("key-1");
    time.setWall(time.now().plus(Duration.ofHours(5)));
    assertThat(key()).isNull();
  }

  @Test
  void request_whenTheProviderFails_isNullAndAskedAgain() {
    assertThat(keyOnceResolved()).isEqualTo("key-1");
    time.advance(Duration.ofSeconds(10));
    provider = () -> CompletableFuture.failedFuture(new IllegalStateException("no role"));
    assertThat(keyOnceResolved()).isNull();
    provider =
        () -> {
          throw new IllegalStateException("no role");
        };
    assertThat(keyOnceResolved()).isNull();
    provider = () -> CompletableFuture.completedFuture(identity(null));
    threadsAreFree();
    assertThat(keyOnceResolved()).isNotNull();
  }

  @Test
  void request_inTheLastMinuteOfTheirLife_isNull() {
    Instant end = time.now().plusSeconds(65);
    provider = () -> CompletableFuture.completedFuture(identity(end));
    assertThat(keyOnceResolved()).isEqualTo("key-1");
    time.advance(Duration.ofSeconds(4));
    assertThat(key()).isEqualTo("key-1");
    time.advance(Duration.ofSeconds(1));
    assertThat(key()).isNull();
  }

  @Test
  void refused_whenTheTableRefusesThem_areResolvedAgainBeforeTheyAreUsed() {
    assertThat(keyOnceResolved()).isEqualTo("key-1");
    credentials.refused();
    assertThat(key()).isNull();
    threadsAreFree();
    assertThat(key()).isEqualTo("key-2");
  }

  @Test
  void callerWasHeld_whenAClientBlockedItsCaller_laterCallsAreHandedOverForAMinute() {
    assertThat(keyOnceResolved()).isEqualTo("key-1");
    credentials.callerWasHeld();
    assertThat(key()).isNull();
    time.advance(Duration.ofSeconds(59));
    assertThat(keyOnceResolved()).isNull();
    time.advance(Duration.ofSeconds(1));
    assertThat(keyOnceResolved()).isNotNull();
  }

  @Test
  void request_whenNoThreadTakesTheTask_isNullAndTriesAgain() {
    int[] asked = new int[1];
    ReadyCredentials full =
        new ReadyCredentials(
            new Provider(),
            AwsRequestOverrideConfiguration.builder().build(),
            task -> {
              asked[0]++;
              throw new IllegalStateException("full");
            },
            time);
    assertThat(full.request()).isNull();
    assertThat(full.request()).isNull();
    assertThat(asked[0]).isEqualTo(2);
  }

  private @Nullable ReadyCredentials of(ExecutionInterceptor... interceptors) {
    AwsCredentialsProvider anyone = () -> null;
    try (DynamoDbAsyncClient client =
        Dynamo.configured(DynamoDbAsyncClient.builder(), URI.create("http://127.0.0.1:1"))
            .credentialsProvider(anyone)
            .overrideConfiguration(
                o -> {
                  for (ExecutionInterceptor each : interceptors) {
                    o.addExecutionInterceptor(each);
                  }
                })
            .build()) {
      return ReadyCredentials.of(
          client.serviceClientConfiguration(),
          AwsRequestOverrideConfiguration.builder().build(),
          threads::add,
          time);
    }
  }

  @Test
  void of_whenAnInterceptorIsNotTheSdks_isNull() {
    assertThat(of()).isNotNull();
    assertThat(of(new ExecutionInterceptor() {})).isNull();
    assertThat(
            ReadyCredentials.of(
                null, AwsRequestOverrideConfiguration.builder().build(), threads::add, time))
        .isNull();
  }
}
