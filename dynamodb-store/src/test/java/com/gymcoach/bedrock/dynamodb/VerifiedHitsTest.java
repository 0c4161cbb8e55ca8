package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.HitVerification;
import com.gymcoach.bedrock.cache.VerifiedHits.Counts;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/**
 * Hits of each operation, verified by real clients over HTTP. The stand-in gives each answer ids of
 * its own, as Bedrock does.
 */
@ParameterizedClass
@EnumSource(VerifiedHitsTest.Operation.class)
@Timeout(120)
class VerifiedHitsTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final HitVerification ALL = HitVerification.ofPercent(100).withBackground(true);
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final String MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
  private static final Message QUESTION =
      Message.builder()
          .role("user")
          .content(ContentBlock.fromText("How deep should I squat?"))
          .build();
  private static final SdkBytes BODY =
      SdkBytes.fromUtf8String(
          "{\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":500,\"messages\":"
              + "[{\"role\":\"user\",\"content\":\"How deep should I squat?\"}]}");

  /** An operation of a client. */
  enum Operation {
    CONVERSE {
      @Override
      SdkResponse ask(Clients clients) {
        return clients.sync().converse(r -> r.modelId(MODEL).messages(QUESTION));
      }
    },
    CONVERSE_ASYNC {
      @Override
      SdkResponse ask(Clients clients) {
        return clients
            .async()
            .converse(ConverseRequest.builder().modelId(MODEL).messages(QUESTION).build())
            .join();
      }
    },
    INVOKE_MODEL {
      @Override
      SdkResponse ask(Clients clients) {
        return clients
            .sync()
            .invokeModel(InvokeModelRequest.builder().modelId(MODEL).body(BODY).build());
      }
    },
    INVOKE_MODEL_ASYNC {
      @Override
      SdkResponse ask(Clients clients) {
        return clients
            .async()
            .invokeModel(InvokeModelRequest.builder().modelId(MODEL).body(BODY).build())
            .join();
      }
    },
    CONVERSE_STREAM {
      @Override
      SdkResponse ask(Clients clients) {
        AtomicReference<SdkResponse> begun = new AtomicReference<>();
        clients
            .async()
            .converseStream(
                ConverseStreamRequest.builder().modelId(MODEL).messages(QUESTION).build(),
                ConverseStreamResponseHandler.builder()
                    .onResponse(begun::set)
                    .subscriber(event -> {})
                    .build())
            .join();
        return Objects.requireNonNull(begun.get());
      }
    },
    INVOKE_MODEL_STREAM {
      @Override
      SdkResponse ask(Clients clients) {
        AtomicReference<SdkResponse> begun = new AtomicReference<>();
        clients
            .async()
            .invokeModelWithResponseStream(
                InvokeModelWithResponseStreamRequest.builder().modelId(MODEL).body(BODY).build(),
                InvokeModelWithResponseStreamResponseHandler.builder()
                    .onResponse(begun::set)
                    .subscriber(event -> {})
                    .build())
            .join();
        return Objects.requireNonNull(begun.get());
      }
    };

    /** Asks, waits for the answer, and returns its response. */
    abstract SdkResponse ask(Clients clients);
  }

  /** A service's clients, with a cache in front. */
  record Clients(BedrockRuntimeClient sync, BedrockRuntimeAsyncClient async) {}

  private final Operation operation;
  private final BedrockStandIn bedrock = BedrockStandIn.start();
  private final String table = Dynamo.table();
  private final BedrockRuntimeClient sync;
  private final BedrockRuntimeAsyncClient async;

  VerifiedHitsTest(Operation operation) {
    this.operation = operation;
    Consumer<ClientOverrideConfiguration.Builder> header = o -> o.putHeader("x-service", "coach");
    sync =
        Dynamo.configured(BedrockRuntimeClient.builder(), bedrock.endpoint())
            .overrideConfiguration(header)
            .httpClient(Apache5HttpClient.create())
            .build();
    async =
        Dynamo.configured(BedrockRuntimeAsyncClient.builder(), bedrock.endpoint())
            .overrideConfiguration(header)
            .httpClientBuilder(SdkHttp.netty())
            .build();
  }

  @AfterEach
  void stop() {
    sync.close();
    async.close();
    bedrock.close();
  }

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .store(Dynamo.store(table).client(Dynamo.client()).build())
        .verifyHits(ALL);
  }

  private CacheOutcome ask(BedrockCache cache) {
    Clients cached =
        new Clients(
            CachingBedrockClient.create(sync, cache).forScope(ALICE),
            CachingBedrockAsyncClient.create(async, cache).forScope(ALICE));
    return CacheOutcome.of(operation.ask(cached));
  }

  private static Counts verified(BedrockCache cache) {
    cache.flush(PATIENT);
    return cache.stats().verifiedHits().total();
  }

  @Test
  void hits_ofMemoryAndOfTheTable_areVerifiedByTheSameClient() {
    ConcurrentLinkedQueue<List<String>> headers = new ConcurrentLinkedQueue<>();
    try (BedrockCache here = builder().build();
        BedrockCache there = builder().build()) {
      ask(here);
      assertThat(ask(here).source()).isEqualTo(CacheSource.HOT);
      assertThat(verified(here).equal()).isEqualTo(1);
      assertThat(ask(there).source()).isEqualTo(CacheSource.WARM);
      assertThat(verified(there).equal()).isEqualTo(1);
      bedrock.answerWith(
          request -> {
            headers.add(request.headers().get("X-service"));
            return Reply.error(400, "ValidationException", "no");
          });
      assertThat(ask(there).cached()).isTrue();
      assertThat(verified(there).failed()).isEqualTo(1);
      assertThat(headers).containsExactly(List.of("coach"));
      bedrock.answerAsUsual();
      assertThat(ask(there).cached()).isTrue();
      assertThat(verified(there).equal()).isEqualTo(2);
      assertThat(there.stats().faults()).isEmpty();
      assertThat(Dynamo.items(table).keySet()).hasSize(1);
    }
    assertThat(bedrock.requests()).isEqualTo(5);
  }

  @Test
  void hit_whileBedrockHangs_isAnsweredAtOnce() {
    try (BedrockCache cache = builder().build()) {
      ask(cache);
      bedrock.hold();
      for (int i = 0; i < 5; i++) {
        assertThat(ask(cache).cached()).isTrue();
      }
      bedrock.awaitRequests(3); // two at a time
      bedrock.release();
      assertThat(verified(cache).equal()).isEqualTo(5);
    }
  }

  @Test
  void client_thatIsClosed_failsTheVerificationOnly() {
    try (BedrockCache cache = builder().verifyHits(ALL.withBackground(false)).build()) {
      ask(cache);
      assertThat(ask(cache).cached()).isTrue();
      sync.close();
      async.close();
      assertThat(verified(cache).failed()).isEqualTo(1);
      assertThat(ask(cache).cached()).isTrue();
    }
  }

  @Test
  void cache_thatIsClosedWhileBedrockAnswers_doesNotCompare() {
    BedrockCache cache = builder().build();
    ask(cache);
    bedrock.hold();
    ask(cache);
    bedrock.awaitRequests(2);
    cache.close();
    bedrock.release();
    Counts counts = verified(cache);
    assertThat(counts.compared()).isZero();
    assertThat(counts.skipped() + counts.failed()).isEqualTo(1);
  }
}
