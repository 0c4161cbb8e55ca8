package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** The client that a service made closes what it wraps; a view made for a request does not. */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class ClosingTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  private final FakeBedrock bedrock = new FakeBedrock();
  private final BedrockCache cache = BedrockCache.builder().build();
  private final CallingStyle way;
  private final Caller created;

  ClosingTest(CallingStyle way) {
    this.way = way;
    this.created = way.over(bedrock, cache);
  }

  static Stream<Named<UnaryOperator<Caller>>> owners() {
    return Stream.of(
        Named.of("create", created -> created),
        Named.of("scopedBy", created -> created.scopedBy(request -> ALICE)),
        Named.of(
            "scopedBy, scopedBy",
            created -> created.scopedBy(request -> ALICE).scopedBy(request -> ALICE)));
  }

  static Stream<Named<UnaryOperator<Caller>>> views() {
    return Stream.of(
        Named.of("forScope", created -> created.forScope(ALICE)),
        Named.of("forScope, forScope", created -> created.forScope(ALICE).forScope(ALICE)),
        Named.of(
            "scopedBy, forScope", created -> created.scopedBy(request -> ALICE).forScope(ALICE)),
        Named.of(
            "forScope, scopedBy", created -> created.forScope(ALICE).scopedBy(request -> ALICE)));
  }

  @ParameterizedTest
  @MethodSource("owners")
  void close_whenTheServiceMadeTheClient_closesTheWrappedClientOnce(UnaryOperator<Caller> made) {
    Caller client = made.apply(created);
    client.close();
    assertThat(bedrock.closes).hasValue(1);
    client.close();
    created.close();
    assertThat(bedrock.closes).hasValue(1);
  }

  @ParameterizedTest
  @MethodSource("views")
  void close_whenTheClientIsAViewOfARequest_leavesTheWrappedClientOpen(UnaryOperator<Caller> made) {
    made.apply(created).close();
    assertThat(bedrock.closes).hasValue(0);
    created.close();
    assertThat(bedrock.closes).hasValue(1);
  }

  @Test
  void close_whenTwoClientsWrapTheSameOne_eachClosesIt() {
    Caller other = way.over(bedrock, cache);
    created.close();
    other.close();
    assertThat(bedrock.closes).hasValue(2); // as two owners of a bare client would
  }

  /** A container closes what it made in reverse order: the caching client, then the real one. */
  @Test
  void close_whenTheRealClientIsClosedAsWell_releasesItsConnections() {
    EchoHttp http = new EchoHttp();
    if (way == CallingStyle.SYNC) {
      BedrockRuntimeClient real =
          BedrockRuntimeClient.builder()
              .region(Region.EU_WEST_1)
              .credentialsProvider(AnonymousCredentialsProvider.create())
              .httpClientBuilder(defaults -> http)
              .build();
      CachingBedrockClient bean =
          CachingBedrockClient.create(real, cache).scopedBy(request -> ALICE);
      bean.converse(FakeBedrock.ask("one"));
      bean.close();
      assertThat(http.closes).hasPositiveValue();
      assertThatCode(real::close).doesNotThrowAnyException();
    } else {
      BedrockRuntimeAsyncClient real =
          BedrockRuntimeAsyncClient.builder()
              .region(Region.EU_WEST_1)
              .credentialsProvider(AnonymousCredentialsProvider.create())
              .httpClientBuilder(defaults -> http)
              .build();
      CachingBedrockAsyncClient bean =
          CachingBedrockAsyncClient.create(real, cache).scopedBy(request -> ALICE);
      bean.converse(FakeBedrock.ask("one")).join();
      bean.close();
      assertThat(http.closes).hasPositiveValue();
      assertThatCode(real::close).doesNotThrowAnyException();
    }
  }
}
