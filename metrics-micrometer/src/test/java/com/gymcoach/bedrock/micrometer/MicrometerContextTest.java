package com.gymcoach.bedrock.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.ContextPropagation;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** A registered thread-local reaches the interceptors of the wrapped client. */
@Timeout(60)
class MicrometerContextTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final String MODEL = "amazon.nova-lite-v1:0";
  private static final Message QUESTION =
      Message.builder()
          .role(ConversationRole.USER)
          .content(ContentBlock.fromText("How do I squat?"))
          .build();
  private static final SdkAsyncHttpClient HTTP = NettyNioAsyncHttpClient.create();
  private static final String KEY = "com.gymcoach.tenant";
  private static final ThreadLocal<@Nullable String> TENANT = new ThreadLocal<>();

  /** Notes the tenant of the thread on which the client is called, as a service's own would. */
  private static final class TenantInterceptor implements ExecutionInterceptor {
    final List<String> seen = new CopyOnWriteArrayList<>();

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
      seen.add(String.valueOf(TENANT.get()));
    }
  }

  private final BedrockStandIn bedrock = BedrockStandIn.start();
  private final TenantInterceptor interceptor = new TenantInterceptor();
  private final InMemoryCacheStore store = new InMemoryCacheStore();
  private final ExecutorService storeThread = Executors.newSingleThreadExecutor();
  private final BedrockRuntimeAsyncClient client =
      BedrockRuntimeAsyncClient.builder()
          .httpClient(HTTP)
          .endpointOverride(bedrock.endpoint())
          .region(Region.US_EAST_1)
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
          .overrideConfiguration(c -> c.addExecutionInterceptor(interceptor))
          .build();

  @BeforeEach
  void register() {
    ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, TENANT);
  }

  @AfterEach
  void stop() {
    ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
    TENANT.remove();
    client.close();
    bedrock.close();
    storeThread.shutdownNow();
  }

  @AfterAll
  static void closeHttp() {
    HTTP.close();
  }

  private BedrockCache cache(ContextPropagation propagation) {
    return BedrockCache.builder()
        .store(store)
        .trustedInterceptors(TenantInterceptor.class)
        .contextPropagation(propagation)
        .build();
  }

  private CachingBedrockAsyncClient caching(BedrockCache cache) {
    return CachingBedrockAsyncClient.create(client, cache).forScope(ALICE);
  }

  /** Lets the store answer on its thread, when the caller has gone on. */
  private void answerElsewhere() {
    CompletableFuture.runAsync(store::release, storeThread).join();
  }

  private ConverseResponse converse(BedrockCache cache) {
    store.hold();
    CompletableFuture<ConverseResponse> call =
        caching(cache)
            .converse(ConverseRequest.builder().modelId(MODEL).messages(QUESTION).build());
    answerElsewhere();
    return call.join();
  }

  private void setOnTheStoresThread(String tenant) {
    CompletableFuture.runAsync(() -> TENANT.set(tenant), storeThread).join();
  }

  private String onTheStoresThread() {
    return CompletableFuture.supplyAsync(() -> String.valueOf(TENANT.get()), storeThread).join();
  }

  @Test
  void converse_whenItMissesInTheStore_callsTheClientWithTheCallersValues() {
    setOnTheStoresThread("another");
    try (BedrockCache cache = cache(MicrometerContext.propagation())) {
      TENANT.set("caller");
      ConverseResponse answer = converse(cache);
      assertThat(CacheOutcome.of(answer).status()).isEqualTo(CacheOutcome.Status.MISS);
      assertThat(TENANT.get()).isEqualTo("caller");
    }
    assertThat(interceptor.seen).containsExactly("caller");
    assertThat(onTheStoresThread()).isEqualTo("another");
  }

  @Test
  void stream_whenItMissesInTheStore_callsTheClientWithTheCallersValues() {
    setOnTheStoresThread("another");
    try (BedrockCache cache = cache(MicrometerContext.propagation())) {
      TENANT.set("caller");
      store.hold();
      CompletableFuture<Void> call =
          caching(cache)
              .converseStream(
                  ConverseStreamRequest.builder().modelId(MODEL).messages(QUESTION).build(),
                  ConverseStreamResponseHandler.builder().subscriber(event -> {}).build());
      answerElsewhere();
      call.join();
      assertThat(TENANT.get()).isEqualTo("caller");
    }
    assertThat(interceptor.seen).containsExactly("caller");
    assertThat(onTheStoresThread()).isEqualTo("another");
  }

  @Test
  void converse_withoutPropagation_callsTheClientWithTheOtherThreadsValues() {
    setOnTheStoresThread("another");
    try (BedrockCache cache = cache(ContextPropagation.none())) {
      TENANT.set("caller");
      converse(cache);
    }
    assertThat(interceptor.seen).doesNotContain("caller").hasSize(1);
  }

  /** A value that another caller left on the thread is not this caller's. */
  @Test
  void converse_whenTheCallerHasSetNothing_hidesTheOtherThreadsValues() {
    setOnTheStoresThread("another");
    try (BedrockCache cache = cache(MicrometerContext.propagation())) {
      converse(cache);
    }
    assertThat(interceptor.seen).containsExactly("null");
    assertThat(onTheStoresThread()).isEqualTo("another");
  }

  @Test
  void propagation_withAFactory_carriesWhatTheFactoryCaptures() {
    ContextRegistry registry = new ContextRegistry();
    ThreadLocal<@Nullable String> own = new ThreadLocal<>();
    registry.registerThreadLocalAccessor("own", own);
    own.set("caller");
    TENANT.set("caller");
    Executor captured =
        MicrometerContext.propagation(
                ContextSnapshotFactory.builder().contextRegistry(registry).build())
            .capture();
    own.set("another");
    TENANT.set("another");
    List<String> found = new ArrayList<>();
    captured.execute(() -> found.addAll(List.of(own.get() + "", TENANT.get() + "")));
    found.add(own.get() + "");
    assertThat(found).containsExactly("caller", "another", "another");
  }

  /** A factory that fails at every turn. */
  private static final class BrokenFactory implements ContextSnapshotFactory {
    @Override
    public ContextSnapshot captureAll(Object... contexts) {
      throw new IllegalStateException();
    }

    @Override
    public ContextSnapshot captureFrom(Object... contexts) {
      throw new IllegalStateException();
    }

    @Override
    public <C> ContextSnapshot.Scope setThreadLocalsFrom(Object source, String... keys) {
      throw new IllegalStateException();
    }
  }

  private void assertHarmless(ContextPropagation broken) {
    ConverseResponse bare =
        client.converse(ConverseRequest.builder().modelId(MODEL).messages(QUESTION).build()).join();
    try (BedrockCache cache = cache(broken)) {
      TENANT.set("caller");
      ConverseResponse answer = converse(cache);
      assertThat(answer.output()).isEqualTo(bare.output());
      assertThat(answer.usage()).isEqualTo(bare.usage());
      assertThat(cache.stats().faults()).containsEntry(CacheFault.CALLBACK_FAILED, 1L);
      assertThat(CacheOutcome.of(converse(cache)).status()).isEqualTo(CacheOutcome.Status.HIT);
    }
    assertThat(bedrock.requests()).isEqualTo(2);
  }

  @Test
  void converse_whenTheFactoryFails_isAnsweredAsByTheBareClient() {
    assertHarmless(MicrometerContext.propagation(new BrokenFactory()));
  }

  @Test
  void converse_whenAnAccessorFails_isAnsweredAsByTheBareClient() {
    ContextRegistry.getInstance()
        .registerThreadLocalAccessor(
            KEY,
            () -> "caller",
            value -> {
              throw new IllegalStateException();
            },
            () -> {});
    assertHarmless(MicrometerContext.propagation());
  }
}
