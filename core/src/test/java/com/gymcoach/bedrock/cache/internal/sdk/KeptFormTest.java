package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.internal.wire.RandomPojo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDelta;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** The kept form of an answer is equal to it and shares no array with it. */
class KeptFormTest {
  private static final Set<String> SEEN = new TreeSet<>();

  @Property(tries = 300)
  void keep_ofAnyConverseResponse_isEqualAndSharesNoArray(@ForAll long seed) throws IOException {
    ConverseResponse response =
        (ConverseResponse) new RandomPojo(new Random(seed), SEEN).next(ConverseResponse::builder);
    assertKept(CacheableOperations.CONVERSE, response);
  }

  @Property(tries = 50)
  void keep_ofAnyInvokeModelResponse_isEqualAndSharesNoArray(@ForAll byte[] body)
      throws IOException {
    assertKept(
        CacheableOperations.INVOKE_MODEL,
        InvokeModelResponse.builder()
            .body(SdkBytes.fromByteArrayUnsafe(body))
            .contentType("application/json")
            .serviceTier("flex")
            .build());
  }

  private static <R extends AwsResponse> void assertKept(
      CacheableOperation<?, R> operation, R members) throws IOException {
    R response = overHttp(members);
    Kept<R> kept = operation.keep(response);
    assertThat(kept.response().equalsBySdkFields(response)).isTrue();
    assertThat(kept.hasBytes()).isEqualTo(!arrays(response).isEmpty());
    assertDisjoint(arrays(kept.response()), arrays(response));
    assertThat(((SdkHttpFullResponse) kept.response().sdkHttpResponse()).content()).isEmpty();

    R handedOut = operation.handOut(kept);
    assertThat(handedOut.equalsBySdkFields(response)).isTrue();
    assertThat(handedOut.sdkHttpResponse()).isEqualTo(kept.response().sdkHttpResponse());
    assertThat(handedOut.responseMetadata()).isEqualTo(kept.response().responseMetadata());
    assertDisjoint(arrays(handedOut), arrays(kept.response()));

    Kept<R> stored = operation.kept(operation.decode(operation.encode(kept.response())));
    assertThat(stored.response().sdkHttpResponse()).isEqualTo(kept.response().sdkHttpResponse());
    assertThat(stored.response().responseMetadata()).isEqualTo(kept.response().responseMetadata());
    assertThat(stored.hasBytes()).isEqualTo(kept.hasBytes());
  }

  @SuppressWarnings("unchecked") // a response's builder builds such a response
  private static <R extends AwsResponse> R overHttp(R members) {
    AwsResponse.Builder builder = members.toBuilder();
    builder.sdkHttpResponse(
        SdkHttpFullResponse.builder()
            .statusCode(200)
            .statusText("OK")
            .putHeader("Content-Type", "application/json")
            .putHeader("X-Amzn-RequestId", "id-1")
            .putHeader("Date", "today")
            .content(AbortableInputStream.createEmpty())
            .build());
    return (R) builder.build();
  }

  @Test
  void handOut_whenThereAreNoBytes_copiesNothing() {
    ConverseResponse response =
        ConverseResponse.builder()
            .output(o -> o.message(m -> m.content(ContentBlock.fromText("a"))))
            .build();
    Kept<ConverseResponse> kept = CacheableOperations.CONVERSE.keep(response);
    assertThat(CacheableOperations.CONVERSE.handOut(kept)).isSameAs(kept.response());
  }

  @Test
  void keep_whenSomebodyChangesADocument_staysAsItWas() {
    Map<String, Document> fields = new HashMap<>(Map.of("a", Document.fromString("one")));
    ConverseResponse response =
        ConverseResponse.builder().additionalModelResponseFields(Document.fromMap(fields)).build();
    Kept<ConverseResponse> kept = CacheableOperations.CONVERSE.keep(response);
    fields.put("a", Document.fromString("two"));
    assertThat(kept.response().additionalModelResponseFields())
        .isEqualTo(Document.fromMap(Map.of("a", Document.fromString("one"))));
  }

  static Stream<Supplier<SdkPojo>> events() {
    return Stream.of(
        ConverseStreamOutput::messageStartBuilder,
        ConverseStreamOutput::contentBlockStartBuilder,
        ConverseStreamOutput::contentBlockDeltaBuilder,
        ConverseStreamOutput::contentBlockStopBuilder,
        ConverseStreamOutput::messageStopBuilder,
        ConverseStreamOutput::metadataBuilder);
  }

  @ParameterizedTest
  @MethodSource("events")
  void own_ofAnyEvent_isEqualAndSharesNoArray(Supplier<SdkPojo> builder) {
    for (int seed = 0; seed < 300; seed++) {
      ConverseStreamOutput event =
          (ConverseStreamOutput) new RandomPojo(new Random(seed), SEEN).next(builder);
      ConverseStreamOutput own = CacheableOperations.CONVERSE_STREAM.own(event);
      assertThat(own).isEqualTo(event).hasSameClassAs(event);
      assertThat(own.sdkEventType()).isEqualTo(event.sdkEventType());
      assertDisjoint(arrays(own), arrays(event));
    }
  }

  @Test
  void sizeOf_ofATextEvent_isThatOfTheWalk() {
    ConverseStreamOutput event =
        ConverseStreamOutput.contentBlockDeltaBuilder()
            .delta(ContentBlockDelta.fromText("some text"))
            .contentBlockIndex(0)
            .build();
    long walked = CacheableStream.LINK + SdkSize.of(event).bytes();
    assertThat(CacheableOperations.CONVERSE_STREAM.sizeOf(event)).isBetween(walked, walked + 16);
  }

  private static void assertDisjoint(List<byte[]> some, List<byte[]> others) {
    assertThat(some).hasSameSizeAs(others);
    for (byte[] one : some) {
      assertThat(others).noneMatch(other -> other == one);
    }
  }

  private static List<byte[]> arrays(Object value) {
    List<byte[]> arrays = new ArrayList<>();
    collect(value, arrays);
    return arrays;
  }

  private static void collect(@Nullable Object value, List<byte[]> arrays) {
    if (value instanceof SdkBytes bytes) {
      arrays.add(bytes.asByteArrayUnsafe());
    } else if (value instanceof SdkPojo pojo) {
      for (SdkField<?> field : pojo.sdkFields()) {
        collect(field.getValueOrDefault(pojo), arrays);
      }
    } else if (value instanceof Collection<?> elements) {
      elements.forEach(element -> collect(element, arrays));
    } else if (value instanceof Map<?, ?> map) {
      collect(map.values(), arrays);
    }
  }
}
