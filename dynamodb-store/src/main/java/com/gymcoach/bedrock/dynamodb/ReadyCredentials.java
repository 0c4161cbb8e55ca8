package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.time.Pause;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.AwsServiceClientConfiguration;
import software.amazon.awssdk.core.SdkServiceClientConfiguration;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;

/**
 * Credentials that a client's provider has given on the store's threads, so that a call on its
 * caller's thread does not wait for them. They are renewed by the first call after ten seconds, in
 * the background. They are not used for longer than a minute, in the last minute of their life,
 * after the table has refused them, or after the client has blocked a caller. Thread-safe.
 */
final class ReadyCredentials {
  private static final Duration RENEWED_AFTER = Duration.ofSeconds(10);
  private static final Duration USED_FOR = Duration.ofMinutes(1);
  private static final Duration LEFT = Duration.ofMinutes(1);

  private final IdentityProvider<? extends AwsCredentialsIdentity> provider;
  private final AwsRequestOverrideConfiguration request;
  private final Executor threads;
  private final TimeSource time;
  private final AtomicBoolean isResolving = new AtomicBoolean();
  private volatile @Nullable Ready ready;
  private volatile @Nullable Pause pause;

  /**
   * Returns an object without credentials.
   *
   * @param request the configuration of a request, to which the credentials are added
   */
  ReadyCredentials(
      IdentityProvider<? extends AwsCredentialsIdentity> provider,
      AwsRequestOverrideConfiguration request,
      Executor threads,
      TimeSource time) {
    this.provider = provider;
    this.request = request;
    this.threads = threads;
    this.time = time;
  }

  /**
   * Returns an object for a client, or null if a call on the caller's thread may run code that is
   * not the SDK's: that may block.
   */
  static @Nullable ReadyCredentials of(
      @Nullable SdkServiceClientConfiguration client,
      AwsRequestOverrideConfiguration request,
      Executor threads,
      TimeSource time) {
    return client instanceof AwsServiceClientConfiguration aws
            && aws.credentialsProvider() != null
            && called(aws).allMatch(ReadyCredentials::isTheSdks)
        ? new ReadyCredentials(aws.credentialsProvider(), request, threads, time)
        : null;
  }

  /** Returns the objects that an async client calls before it returns its future. */
  @SuppressWarnings("deprecation") // deprecated, but the SDK still uses it
  private static Stream<Object> called(AwsServiceClientConfiguration client) {
    ClientOverrideConfiguration overrides = client.overrideConfiguration();
    return Stream.of(
            overrides.executionInterceptors().stream(),
            overrides.retryStrategy().stream(),
            client.endpointProvider().stream(),
            client.authSchemes().values().stream(),
            overrides.advancedOption(SdkAdvancedClientOption.SIGNER).stream())
        .flatMap(objects -> objects);
  }

  private static boolean isTheSdks(Object called) {
    return called.getClass().getName().startsWith("software.amazon.awssdk.");
  }

  /** Returns a request's configuration with credentials, or null if there are none to use. */
  @Nullable AwsRequestOverrideConfiguration request() {
    Pause pausing = pause;
    if (pausing != null && !pausing.isOver(time)) {
      return null;
    }
    Ready now = ready;
    if (now == null || now.renewal.isOver(time)) {
      resolve();
    }
    return now == null || now.end.isOver(time) || now.endsSoon(time.now()) ? null : now.request;
  }

  /** Forgets the credentials: the table refuses them. The provider may have others by now. */
  void refused() {
    ready = null;
  }

  /** Hands the calls of the next minute over: the client has blocked its caller. */
  void callerWasHeld() {
    pause = Pause.of(USED_FOR, time);
  }

  private void resolve() {
    if (!isResolving.compareAndSet(false, true)) {
      return;
    }
    try {
      threads.execute(this::resolveHere);
    } catch (RuntimeException | Error noThread) { // a later call tries again
      isResolving.set(false);
    }
  }

  /** A provider that hangs keeps this thread, and no other is asked for meanwhile. */
  private void resolveHere() {
    try {
      Pause renewal = Pause.of(RENEWED_AFTER, time);
      Pause end = Pause.of(USED_FOR, time);
      AwsCredentialsIdentity identity = provider.resolveIdentity().join();
      ready =
          new Ready(
              request.toBuilder().credentialsProvider(new Fixed(identity)).build(),
              renewal,
              end,
              identity.expirationTime().orElse(null));
    } catch (RuntimeException | Error failed) { // the calls are handed over, and tell why
      ready = null;
    } finally {
      isResolving.set(false);
    }
  }

  private record Ready(
      AwsRequestOverrideConfiguration request,
      Pause renewal,
      Pause end,
      @Nullable Instant expiration) {
    boolean endsSoon(Instant now) {
      return expiration != null && !expiration.minus(LEFT).isAfter(now);
    }
  }

  /** Gives the same credentials each time, at once. */
  private static final class Fixed implements IdentityProvider<AwsCredentialsIdentity> {
    private final CompletableFuture<AwsCredentialsIdentity> identity;

    Fixed(AwsCredentialsIdentity identity) {
      this.identity = CompletableFuture.completedFuture(identity);
    }

    @Override
    public Class<AwsCredentialsIdentity> identityType() {
      return AwsCredentialsIdentity.class;
    }

    @Override
    public CompletableFuture<AwsCredentialsIdentity> resolveIdentity(ResolveIdentityRequest asked) {
      return identity;
    }
  }
}
