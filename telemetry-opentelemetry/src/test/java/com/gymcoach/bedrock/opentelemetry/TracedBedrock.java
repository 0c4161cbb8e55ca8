package com.gymcoach.bedrock.opentelemetry;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.instrumentation.awssdk.v2_2.AwsSdkTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** The SDK's clients with OpenTelemetry's instrumentation, before a stand-in for Bedrock. */
final class TracedBedrock implements AutoCloseable {
  static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final String MODEL = "amazon.nova-lite-v1:0";
  private static final Message QUESTION =
      Message.builder()
          .role(ConversationRole.USER)
          .content(ContentBlock.fromText("How do I squat?"))
          .build();

  /**
   * The client that a service calls. Spans are made by an execution interceptor of the SDK's
   * client. The async client has a wrapper too, which tells the interceptor what a stream's events
   * say.
   */
  enum Setup {
    SYNC,
    ASYNC,
    WRAPPER_INSIDE,
    WRAPPER_OUTSIDE;

    boolean async() {
      return this != SYNC;
    }
  }

  /** The operation that is called. */
  enum Operation {
    CONVERSE,
    CONVERSE_STREAM
  }

  /**
   * The answer to a call.
   *
   * @param outcome null if the call was made without a cache
   */
  record Answer(String text, @Nullable CacheOutcome outcome) {}

  /** The scope of later calls through a cache, or null for none. */
  volatile @Nullable CacheScope scope = ALICE;

  /** How later calls use the cache. */
  volatile CacheControl control = CacheControl.DEFAULT;

  final BedrockStandIn standIn = BedrockStandIn.start();
  final RecordedSpans spans = new RecordedSpans();
  final InMemoryLogRecordExporter logged = InMemoryLogRecordExporter.create();
  final OpenTelemetrySdk openTelemetry =
      OpenTelemetrySdk.builder()
          .setTracerProvider(SdkTracerProvider.builder().addSpanProcessor(spans).build())
          .setLoggerProvider(
              SdkLoggerProvider.builder()
                  .addLogRecordProcessor(SimpleLogRecordProcessor.create(logged))
                  .build())
          .build();
  final Tracer tracer = openTelemetry.getTracer("service");
  final AwsSdkTelemetry telemetry = AwsSdkTelemetry.create(openTelemetry);
  private final SdkHttpClient http = UrlConnectionHttpClient.create();
  private final BedrockRuntimeClient sync;
  private final BedrockRuntimeAsyncClient async;

  /** Makes the clients; the HTTP client is not closed with them, since that takes seconds. */
  TracedBedrock(SdkAsyncHttpClient asyncHttp) {
    sync = set(BedrockRuntimeClient.builder()).httpClient(http).build();
    async = set(BedrockRuntimeAsyncClient.builder()).httpClient(asyncHttp).build();
  }

  private <B extends AwsClientBuilder<B, C>, C> B set(B builder) {
    return builder
        .endpointOverride(standIn.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .overrideConfiguration(
            c -> c.addExecutionInterceptor(telemetry.createExecutionInterceptor()));
  }

  /** Makes a call, without a cache if it is null. */
  CompletableFuture<Answer> call(Setup setup, Operation operation, @Nullable BedrockCache cache) {
    if (setup == Setup.SYNC) {
      BedrockRuntimeClient client = cache == null ? sync : sync(cache);
      return CompletableFuture.completedFuture(answer(client.converse(question()), cache != null));
    }
    BedrockRuntimeAsyncClient client = async(setup, cache);
    return operation == Operation.CONVERSE
        ? client.converse(question()).thenApply(response -> answer(response, cache != null))
        : stream(client, cache != null);
  }

  /** Returns the sync client with a cache. */
  BedrockRuntimeClient sync(BedrockCache cache) {
    CachingBedrockClient client = CachingBedrockClient.create(sync, cache);
    return scope == null ? client : client.forScope(scope);
  }

  /** Returns the async client, without a cache if it is null. */
  BedrockRuntimeAsyncClient async(Setup setup, @Nullable BedrockCache cache) {
    BedrockRuntimeAsyncClient client = async;
    if (setup == Setup.WRAPPER_INSIDE) {
      client = telemetry.wrapBedrockRuntimeClient(client);
    }
    if (cache != null) {
      CachingBedrockAsyncClient cached = CachingBedrockAsyncClient.create(client, cache);
      client = scope == null ? cached : cached.forScope(scope);
    }
    return setup == Setup.WRAPPER_OUTSIDE ? telemetry.wrapBedrockRuntimeClient(client) : client;
  }

  ConverseRequest question() {
    return control.applyTo(ConverseRequest.builder().modelId(MODEL).messages(QUESTION).build());
  }

  ConverseStreamRequest streamQuestion() {
    return control.applyTo(
        ConverseStreamRequest.builder().modelId(MODEL).messages(QUESTION).build());
  }

  private static Answer answer(ConverseResponse response, boolean cached) {
    return new Answer(
        response.output().message().content().get(0).text(),
        cached ? CacheOutcome.of(response) : null);
  }

  private CompletableFuture<Answer> stream(BedrockRuntimeAsyncClient client, boolean cached) {
    StringBuilder text = new StringBuilder(); // events come one after the other
    CompletableFuture<SdkResponse> response = new CompletableFuture<>();
    return client
        .converseStream(
            streamQuestion(),
            ConverseStreamResponseHandler.builder()
                .onResponse(response::complete)
                .subscriber(
                    ConverseStreamResponseHandler.Visitor.builder()
                        .onContentBlockDelta(event -> text.append(event.delta().text()))
                        .build())
                .build())
        .thenApply(
            done -> new Answer(text.toString(), cached ? CacheOutcome.of(response.join()) : null));
  }

  @Override
  public void close() {
    sync.close();
    http.close();
    async.close();
    openTelemetry.close();
    standIn.close();
  }
}
