package com.gymcoach.bedrock.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.internal.wire.RandomPojo;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailRequest;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;

class WireRequestTest {
  private static final List<Supplier<SdkPojo>> BUILDERS =
      List.of(ConverseRequest::builder, ConverseStreamRequest::builder);

  private static WireRequest wire(String operation, String body) {
    return new WireRequest(operation, "m", Map.of(), body.getBytes(UTF_8));
  }

  @Property(tries = 400)
  void toRequest_ofAnyConverseRequestsForm_returnsAnEqualRequest(@ForAll long seed)
      throws IOException {
    for (Supplier<SdkPojo> builder : BUILDERS) {
      BedrockRuntimeRequest any =
          (BedrockRuntimeRequest) new RandomPojo(new Random(seed), new HashSet<>()).next(builder);
      BedrockRuntimeRequest request =
          any instanceof ConverseRequest converse
              ? converse.toBuilder().modelId("m").build()
              : ((ConverseStreamRequest) any).toBuilder().modelId("m").build();
      assertThat(WireRequest.of(request).toRequest()).isEqualTo(request);
    }
  }

  @Property(tries = 1000)
  void toRequest_ofAnyFloat_returnsThatFloat(@ForAll float temperature) throws IOException {
    ConverseRequest request =
        ConverseRequest.builder()
            .modelId("m")
            .inferenceConfig(i -> i.temperature(temperature))
            .build();
    assertThat(WireRequest.of(request).toRequest()).isEqualTo(request);
  }

  @Test
  void toRequest_ofEveryHeaderOfInvokeModel_returnsAnEqualRequest() throws IOException {
    InvokeModelRequest request =
        InvokeModelRequest.builder()
            .modelId("m")
            .body(SdkBytes.fromUtf8String("{\"a\" : 1.0}"))
            .contentType("application/json")
            .accept("*/*")
            .trace("ENABLED")
            .guardrailIdentifier("g")
            .guardrailVersion("1")
            .performanceConfigLatency("optimized")
            .build();
    WireRequest wire = WireRequest.of(request);
    assertThat(wire.toRequest()).isEqualTo(request);
    assertThat(wire.headers()).hasSize(6).containsEntry("Accept", "*/*");
    assertThat(new String(wire.body(), UTF_8)).isEqualTo("{\"a\" : 1.0}");
  }

  @Test
  void toRequest_ofAStreamsForm_returnsAnEqualRequest() throws IOException {
    InvokeModelWithResponseStreamRequest request =
        InvokeModelWithResponseStreamRequest.builder()
            .modelId("m")
            .body(SdkBytes.fromUtf8String("{}"))
            .build();
    assertThat(WireRequest.of(request).toRequest()).isEqualTo(request);
  }

  @Test
  void toRequest_doesNotShareItsBody() throws IOException {
    WireRequest wire = wire("InvokeModel", "{}");
    InvokeModelRequest request = (InvokeModelRequest) wire.toRequest();
    wire.body()[0] = 'x';
    assertThat(request.body().asUtf8String()).isEqualTo("{}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sesame",
        "{\"sesame\":1}",
        "{\"messages\":[{\"sesame\":1}]}",
        "{\"system\":[{\"text\":\"a\",\"text\":\"sesame\"}]}",
        "{\"inferenceConfig\":{\"temperature\":\"sesame\"}}",
        "{\"inferenceConfig\":{\"temperature\":true}}",
        "{\"inferenceConfig\":{\"maxTokens\":1.5}}",
        "{} sesame",
        "{\"messages\":[{\"role\":\"sesame\""
      })
  void toRequest_ofABodyThatIsNotExactlyTheOperations_throwsWithoutQuotingIt(String body) {
    assertThatThrownBy(() -> wire("Converse", body).toRequest())
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("sesame")
        .hasNoCause();
  }

  @Test
  void toRequest_ofAnotherOperationOrHeader_throws() {
    assertThatThrownBy(() -> wire("StartAsyncInvoke", "{}").toRequest())
        .isInstanceOf(IOException.class);
    WireRequest header =
        new WireRequest("Converse", "m", Map.of("Accept", "sesame"), "{}".getBytes(UTF_8));
    assertThatThrownBy(header::toRequest)
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("sesame");
  }

  @Test
  void of_whatHasNoForm_throws() {
    assertThatThrownBy(() -> WireRequest.of(ApplyGuardrailRequest.builder().build()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> WireRequest.of(ConverseRequest.builder().build()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void toString_always_showsNoHeaderValueAndNoBody() {
    WireRequest wire =
        new WireRequest("InvokeModel", "m", Map.of("Accept", "sesame"), "sesame".getBytes(UTF_8));
    assertThat(wire.toString()).doesNotContain("sesame").contains("Accept", "6 bytes");
  }
}
