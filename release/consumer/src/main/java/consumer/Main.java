package consumer;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cloudwatch.EmfMetricsSink;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.micrometer.MicrometerMetricsSink;
import com.gymcoach.bedrock.opentelemetry.OpenTelemetryTracer;
import java.util.List;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** Asks the same question twice, and prints where each answer came from. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    for (Class<?> type :
        List.of(
            BedrockCache.class,
            DynamoDbCacheStore.class,
            EmfMetricsSink.class,
            MicrometerMetricsSink.class,
            OpenTelemetryTracer.class)) {
      System.out.println("consumer: module " + type.getModule().getName());
    }
    ConverseRequest request =
        ConverseRequest.builder()
            .modelId("amazon.nova-micro-v1:0")
            .messages(message("user", "When do I rest?"))
            .build();
    try (BedrockCache cache = BedrockCache.builder().build()) {
      CachingBedrockClient bedrock =
          CachingBedrockClient.create(new Bedrock(), cache)
              .forScope(CacheScope.user("u-42").endpoint("chat"));
      for (int call = 0; call < 2; call++) {
        ConverseResponse response = bedrock.converse(request);
        System.out.println(
            "consumer: "
                + CacheOutcome.of(response).status()
                + " "
                + response.output().message().content().get(0).text());
      }
    }
  }

  private static Message message(String role, String text) {
    return Message.builder().role(role).content(ContentBlock.fromText(text)).build();
  }

  /** Answers without a network. A second call fails: it should have been a hit. */
  private static final class Bedrock implements BedrockRuntimeClient {
    private boolean called;

    @Override
    public ConverseResponse converse(ConverseRequest request) {
      if (called) {
        throw new IllegalStateException("The second call was not answered by the cache.");
      }
      called = true;
      return ConverseResponse.builder()
          .output(ConverseOutput.fromMessage(message("assistant", "Rest on Sunday.")))
          .stopReason("end_turn")
          .build();
    }

    @Override
    public String serviceName() {
      return "bedrock-runtime";
    }

    @Override
    public void close() {}
  }
}
