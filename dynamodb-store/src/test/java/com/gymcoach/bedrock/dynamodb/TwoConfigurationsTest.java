package com.gymcoach.bedrock.dynamodb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;

/** Services on one table whose Bedrock clients are configured differently, over real HTTP. */
@ParameterizedClass
@EnumSource(Way.class)
class TwoConfigurationsTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final String GUARDRAIL = "X-Amzn-Bedrock-GuardrailIdentifier";

  private final String table = Dynamo.table();
  private final BedrockStandIn bedrock =
      BedrockStandIn.start().answerWith(TwoConfigurationsTest::answer);
  private final Way way;

  TwoConfigurationsTest(Way way) {
    this.way = way;
  }

  @AfterEach
  void stop() {
    bedrock.close();
  }

  /** An answer that says what Bedrock was asked. */
  private static BedrockStandIn.Reply answer(BedrockStandIn.Request request) {
    boolean guarded =
        request.headers().entrySet().stream()
            .anyMatch(
                header ->
                    header.getKey().equalsIgnoreCase(GUARDRAIL)
                        && header.getValue().equals(List.of("gr-1")));
    boolean prompted = new String(request.body(), UTF_8).contains("Be brief.");
    return Caller.reply(guarded ? "guarded" : prompted ? "brief" : "plain");
  }

  /** Puts a system prompt into each request. */
  private static final class SystemPrompt implements ExecutionInterceptor {
    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
      return ((ConverseRequest) context.request())
          .toBuilder().system(SystemContentBlock.fromText("Be brief.")).build();
    }
  }

  /** Asks as a new instance of a service does; its memory is empty. */
  private String ask(Consumer<ClientOverrideConfiguration.Builder> configured) {
    try (BedrockCache cache = BedrockCache.builder().store(Kind.SYNC.store(table).build()).build();
        Caller caller = new Caller(way, bedrock.endpoint(), configured)) {
      return caller.ask(cache, ALICE, "Plan my week");
    }
  }

  private long entries() {
    return Dynamo.items(table).keySet().stream().filter(key -> key.contains(" E#")).count();
  }

  @Test
  void ask_whenOneServiceSelectsAGuardrailByHeader_eachFindsItsOwnAnswers() {
    for (int i = 0; i < 2; i++) {
      assertThat(ask(o -> {})).isEqualTo("plain");
      assertThat(ask(o -> o.putHeader(GUARDRAIL, "gr-1"))).isEqualTo("guarded");
    }
    assertThat(bedrock.requests()).isEqualTo(2);
    assertThat(entries()).isEqualTo(2);
  }

  @Test
  void ask_whenOneServiceHasAnInterceptor_leavesTheTableToTheOther() {
    for (int i = 0; i < 2; i++) {
      assertThat(ask(o -> o.addExecutionInterceptor(new SystemPrompt()))).isEqualTo("brief");
      assertThat(ask(o -> {})).isEqualTo("plain");
    }
    assertThat(bedrock.requests()).isEqualTo(3);
    assertThat(entries()).isEqualTo(1);
  }
}
