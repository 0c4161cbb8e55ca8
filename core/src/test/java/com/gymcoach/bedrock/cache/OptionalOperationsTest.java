package com.gymcoach.bedrock.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailRequest;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.GuardrailChecksContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.GuardrailChecksMessage;
import software.amazon.awssdk.services.bedrockruntime.model.GuardrailContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.GuardrailContentSource;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeGuardrailChecksRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/** Operations that are cached only if asked for, with real clients over loopback. */
class OptionalOperationsTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("safety");
  private static final CacheScope BOB = CacheScope.user("bob").endpoint("safety");

  /**
   * The operations, each with requests that differ in a text, and an answer with every kind of
   * field.
   */
  enum Asked {
    COUNT_TOKENS(OptionalOperation.COUNT_TOKENS, "{\"inputTokens\":17}") {
      @Override
      CountTokensRequest request(String text) {
        return CountTokensRequest.builder()
            .modelId("anthropic.claude-3-5-haiku-20241022-v1:0")
            .input(
                i ->
                    i.converse(
                        c ->
                            c.messages(
                                Message.builder()
                                    .role("user")
                                    .content(ContentBlock.fromText(text))
                                    .build())))
            .build();
      }
    },
    APPLY_GUARDRAIL(
        OptionalOperation.APPLY_GUARDRAIL,
        """
        {"usage":{"topicPolicyUnits":1,"contentPolicyUnits":2,"wordPolicyUnits":0,
        "sensitiveInformationPolicyUnits":1,"sensitiveInformationPolicyFreeUnits":0,
        "contextualGroundingPolicyUnits":0},
        "action":"GUARDRAIL_INTERVENED","actionReason":"Guardrail blocked.",
        "outputs":[{"text":"I can't talk about that."}],
        "assessments":[{"topicPolicy":{"topics":[{"name":"Doping","type":"DENY",
        "action":"BLOCKED","detected":true}]},
        "contentPolicy":{"filters":[{"type":"VIOLENCE","confidence":"LOW",
        "filterStrength":"HIGH","action":"NONE","detected":false}]}}],
        "guardrailCoverage":{"textCharacters":{"guarded":12,"total":12}}}""") {
      @Override
      ApplyGuardrailRequest request(String text) {
        return guarded(text, "3");
      }
    },
    CHECKS(
        OptionalOperation.INVOKE_GUARDRAIL_CHECKS,
        "{\"results\":{\"contentFilter\":{}},\"usage\":{\"contentFilter\":{}}}") {
      @Override
      InvokeGuardrailChecksRequest request(String text) {
        return InvokeGuardrailChecksRequest.builder()
            .messages(
                GuardrailChecksMessage.builder()
                    .role("user")
                    .content(GuardrailChecksContentBlock.builder().text(text).build())
                    .build())
            .checks(c -> c.contentFilter(f -> {}))
            .build();
      }
    };

    final OptionalOperation operation;
    final String answer;

    Asked(OptionalOperation operation, String answer) {
      this.operation = operation;
      this.answer = answer;
    }

    abstract BedrockRuntimeRequest request(String text);
  }

  /** Makes calls with a client of the SDK's, behind a cache. */
  enum Style {
    SYNC,
    ASYNC
  }

  private static ApplyGuardrailRequest guarded(String text, String version) {
    return ApplyGuardrailRequest.builder()
        .guardrailIdentifier("gr1abc")
        .guardrailVersion(version)
        .source(GuardrailContentSource.INPUT)
        .content(GuardrailContentBlock.builder().text(t -> t.text(text)).build())
        .build();
  }

  private final AtomicInteger arrived = new AtomicInteger();
  private volatile String answer = "{}";
  private volatile int status = 200;
  private HttpContext context;

  /** Shared by the tests: Netty takes two seconds to stop. */
  private static HttpServer server;

  private static BedrockRuntimeClient sync;
  private static BedrockRuntimeAsyncClient async;

  @BeforeAll
  static void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    sync = configured(BedrockRuntimeClient.builder()).build();
    async =
        configured(BedrockRuntimeAsyncClient.builder())
            .httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1))
            .build();
  }

  private static <B extends AwsClientBuilder<B, ?>> B configured(B builder) {
    return builder
        .endpointOverride(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
        .region(Region.US_EAST_1)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      byte[] body = answer.getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("x-amzn-RequestId", "id-" + arrived.incrementAndGet());
      if (status != 200) {
        exchange.getResponseHeaders().set("x-amzn-ErrorType", "ValidationException");
      }
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @BeforeEach
  void serve() {
    context = server.createContext("/", this::handle);
  }

  @AfterEach
  void serveNoMore() {
    server.removeContext(context);
  }

  @AfterAll
  static void stop() {
    sync.close();
    async.close();
    server.stop(0);
  }

  private static BedrockCache cache(CacheStore store) {
    return BedrockCache.builder()
        .store(store)
        .alsoCaches(OptionalOperation.COUNT_TOKENS, OptionalOperation.values())
        .build();
  }

  private AwsResponse call(
      Style style, BedrockCache cache, CacheScope scope, BedrockRuntimeRequest request) {
    if (style == Style.SYNC) {
      CachingBedrockClient client = CachingBedrockClient.create(sync, cache).forScope(scope);
      if (request instanceof CountTokensRequest count) {
        return client.countTokens(count);
      } else if (request instanceof ApplyGuardrailRequest apply) {
        return client.applyGuardrail(apply);
      }
      return client.invokeGuardrailChecks((InvokeGuardrailChecksRequest) request);
    }
    CachingBedrockAsyncClient client =
        CachingBedrockAsyncClient.create(async, cache).forScope(scope);
    try {
      if (request instanceof CountTokensRequest count) {
        return client.countTokens(count).join();
      } else if (request instanceof ApplyGuardrailRequest apply) {
        return client.applyGuardrail(apply).join();
      }
      return client.invokeGuardrailChecks((InvokeGuardrailChecksRequest) request).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failed ? failed : e;
    }
  }

  static Stream<Arguments> all() {
    return Stream.of(Asked.values())
        .flatMap(asked -> Stream.of(Style.values()).map(style -> Arguments.of(asked, style)));
  }

  @ParameterizedTest
  @MethodSource("all")
  void call_whenItsOperationIsNotAskedFor_isPassedOn(Asked asked, Style style) {
    answer = asked.answer;
    try (BedrockCache cache = BedrockCache.builder().build()) {
      call(style, cache, ALICE, asked.request("Hello"));
      call(style, cache, ALICE, asked.request("Hello"));

      assertThat(arrived).hasValue(2);
      assertThat(cache.stats().total().requests()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void call_thatIsPassedOnAndFails_isMadeOnce(Asked asked, Style style) {
    answer = "{\"message\":\"no\"}";
    status = 400;
    try (BedrockCache cache = BedrockCache.builder().build()) {
      assertThatThrownBy(() -> call(style, cache, ALICE, asked.request("Hello")))
          .isInstanceOf(ValidationException.class);

      assertThat(arrived).hasValue(1);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void call_whenRepeated_isAnsweredFromMemoryAndStoreInEveryField(Asked asked, Style style) {
    answer = asked.answer;
    CacheStore store = new FakeStore();
    try (BedrockCache cache = cache(store);
        BedrockCache other = cache(store)) {
      AwsResponse first = call(style, cache, ALICE, asked.request("Hello"));
      AwsResponse hot = call(style, cache, ALICE, asked.request("Hello"));
      AwsResponse warm = call(style, other, ALICE, asked.request("Hello"));

      assertThat(arrived).hasValue(1);
      assertThat(CacheOutcome.of(first).status()).isEqualTo(Status.MISS);
      assertThat(CacheOutcome.of(hot).source()).isEqualTo(CacheSource.HOT);
      assertThat(CacheOutcome.of(warm).source()).isEqualTo(CacheSource.WARM);
      assertThat(hot.equalsBySdkFields(first)).isTrue();
      assertThat(warm.equalsBySdkFields(first)).as("%s", warm).isTrue();
      assertThat(warm.responseMetadata().requestId()).isEqualTo("id-1");
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void call_withAnotherTextOrUser_isAnotherQuestion(Asked asked, Style style) {
    answer = asked.answer;
    try (BedrockCache cache = cache(new FakeStore())) {
      call(style, cache, ALICE, asked.request("Hello"));
      call(style, cache, ALICE, asked.request("Hello!"));
      call(style, cache, BOB, asked.request("Hello"));

      assertThat(arrived).hasValue(3);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void invalidate_ofARequest_makesTheNextOneAMiss(Asked asked, Style style) {
    answer = asked.answer;
    try (BedrockCache cache = cache(new FakeStore())) {
      call(style, cache, ALICE, asked.request("Hello"));
      long deleted =
          style == Style.SYNC
              ? CachingBedrockClient.create(sync, cache)
                  .forScope(ALICE)
                  .invalidate(asked.request("Hello"))
              : CachingBedrockAsyncClient.create(async, cache)
                  .forScope(ALICE)
                  .invalidate(asked.request("Hello"));
      AwsResponse next = call(style, cache, ALICE, asked.request("Hello"));

      assertThat(deleted).isEqualTo(1);
      assertThat(CacheOutcome.of(next).status()).isEqualTo(Status.MISS);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void answer_withoutWhatItWasAskedFor_isNotKept(Asked asked, Style style) {
    try (BedrockCache cache = cache(new FakeStore())) {
      call(style, cache, ALICE, asked.request("Hello"));
      call(style, cache, ALICE, asked.request("Hello"));

      assertThat(arrived).hasValue(2);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void failure_ofBedrock_reachesTheCallerAndIsNotKept(Asked asked, Style style) {
    answer = "{\"message\":\"no\"}";
    status = 400;
    try (BedrockCache cache = cache(new FakeStore())) {
      assertThatThrownBy(() -> call(style, cache, ALICE, asked.request("Hello")))
          .isInstanceOf(ValidationException.class);
      status = 200;
      answer = asked.answer;

      assertThat(CacheOutcome.of(call(style, cache, ALICE, asked.request("Hello"))).status())
          .isEqualTo(Status.MISS);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"DRAFT", "draft", "0", "latest"})
  void guardrail_withoutANumberedVersion_isABypass(String version) {
    answer = Asked.APPLY_GUARDRAIL.answer;
    try (BedrockCache cache = cache(new FakeStore())) {
      for (int call = 1; call <= 2; call++) {
        AwsResponse response = call(Style.SYNC, cache, ALICE, guarded("Hello", version));

        assertThat(CacheOutcome.of(response).reason()).contains(CacheReason.DRAFT_GUARDRAIL);
        assertThat(arrived).hasValue(call);
      }
    }
  }

  @Test
  void countTokens_ofABody_isKeyedByItsJson() {
    answer = Asked.COUNT_TOKENS.answer;
    try (BedrockCache cache = cache(new FakeStore())) {
      for (String body : List.of("{\"a\":1,\"b\":\"x\"}", "{ \"b\" : \"x\", \"a\" : 1 }")) {
        call(Style.SYNC, cache, ALICE, counting(body));
      }
      assertThat(arrived).hasValue(1);

      AwsResponse referring =
          call(
              Style.SYNC,
              cache,
              ALICE,
              counting("{\"image\":{\"s3Location\":{\"uri\":\"s3://bucket/key\"}}}"));
      assertThat(CacheOutcome.of(referring).reason()).contains(CacheReason.VOLATILE_REFERENCE);
    }
  }

  private static CountTokensRequest counting(String body) {
    return CountTokensRequest.builder()
        .modelId("anthropic.claude-3-5-haiku-20241022-v1:0")
        .input(i -> i.invokeModel(m -> m.body(SdkBytes.fromUtf8String(body))))
        .build();
  }
}
