package com.gymcoach.bedrock.cache.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.LocationTrait;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.GuardrailContextualGroundingFilter;
import software.amazon.awssdk.services.bedrockruntime.model.InferenceConfiguration;

/** Requests, whose members must all be known and which have numbers of single precision. */
class SdkJsonRequestsTest {
  /** A class with a type of member that Bedrock's classes do not have. */
  private static final class Timed implements SdkPojo {
    private static final SdkField<Instant> AT =
        SdkField.<Instant>builder(MarshallingType.INSTANT)
            .memberName("At")
            .getter(timed -> Instant.EPOCH)
            .setter((timed, value) -> {})
            .traits(
                LocationTrait.builder()
                    .location(MarshallLocation.PAYLOAD)
                    .locationName("at")
                    .build())
            .build();

    @Override
    public List<SdkField<?>> sdkFields() {
      return List.of(AT);
    }

    @Override
    public Map<String, SdkField<?>> sdkFieldNameToField() {
      return Map.of("at", AT);
    }
  }

  private static byte[] json(String json) {
    return json.replace('\'', '"').getBytes(UTF_8);
  }

  private static ConverseRequest readExactly(byte[] json) throws IOException {
    ConverseRequest.Builder builder = ConverseRequest.builder();
    SdkJson.readExactly(json, (SdkPojo) builder);
    return builder.build();
  }

  @Property(tries = 1_000)
  void readExactly_whenWritten_isTheSameWithoutWhatIsNotInTheBody(@ForAll Random random)
      throws IOException {
    ConverseRequest request =
        (ConverseRequest) new RandomPojo(random, new TreeSet<>()).next(ConverseRequest::builder);
    byte[] json = SdkJson.write(request);
    ConverseRequest read = readExactly(json);
    ConverseRequest body = request.toBuilder().modelId(null).build();
    assertThat(read.equalsBySdkFields(body)).as("%s", request).isTrue();
    assertThat(SdkJson.write(read)).isEqualTo(json);
  }

  @Example
  void write_whenAMemberIsInThePath_leavesItOut() throws IOException {
    byte[] json = SdkJson.write(ConverseRequest.builder().modelId("m").build());
    assertThat(new String(json, UTF_8)).isEqualTo("{}");
  }

  @Example
  void readExactly_whenTheBodyIsAnythingElse_throwsWithoutQuotingIt() {
    for (String body :
        List.of(
            "{'modelId':'secret'}", // is in the path
            "{'secret':1}",
            "{'inferenceConfig':{'secret':1}}",
            "{'inferenceConfig':null,'inferenceConfig':null}",
            "{'inferenceConfig':3}",
            "{'inferenceConfig':{'temperature':'secret'}}",
            "{'inferenceConfig':{'temperature':true}}",
            "{'inferenceConfig':{'temperature':'1.5'}}",
            "{'inferenceConfig':{'stopSequences':'secret'}}",
            "{'inferenceConfig':{'stopSequences':{}}}",
            "{'requestMetadata':[]}",
            "{'requestMetadata':3}",
            "{}{}")) {
      assertThatExceptionOfType(IOException.class)
          .as(body)
          .isThrownBy(() -> readExactly(json(body)))
          .withNoCause()
          .withMessageNotContaining("secret");
    }
  }

  @Example
  void readExactly_whenANumberIsNotFinite_isThatNumber() throws IOException {
    for (Float number : List.of(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY)) {
      String body = "{'inferenceConfig':{'temperature':'" + number + "'}}";
      InferenceConfiguration read = readExactly(json(body)).inferenceConfig();
      assertThat(read.temperature()).isEqualTo(number);
      assertThat(SdkJson.write(read)).isEqualTo(json("{'temperature':'" + number + "'}"));
    }
  }

  @Example
  void read_whenADoubleIsNotFinite_isThatNumber() throws IOException {
    GuardrailContextualGroundingFilter.Builder filter =
        GuardrailContextualGroundingFilter.builder();
    SdkJson.read(json("{'score':'NaN','threshold':0.5}"), (SdkPojo) filter);
    assertThat(filter.build().score()).isNaN();
    assertThat(filter.build().threshold()).isEqualTo(0.5);
  }

  @Example
  void read_whenAListHasANull_keepsIt() throws IOException {
    byte[] body = json("{'inferenceConfig':{'stopSequences':['a',null]}}");
    ConverseRequest read = readExactly(body);
    assertThat(read.inferenceConfig().stopSequences()).isEqualTo(Arrays.asList("a", null));
    assertThat(SdkJson.write(read)).isEqualTo(body);
  }

  @Example
  void read_whenADocumentIsNull_isADocument() throws IOException {
    byte[] body = json("{'additionalModelRequestFields':null}");
    assertThat(readExactly(body).additionalModelRequestFields()).isEqualTo(Document.fromNull());
    assertThat(SdkJson.write(readExactly(body))).isEqualTo(body);
  }

  @Example
  void readAndWrite_whenAMembersTypeIsNotSupported_throw() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> SdkJson.read(json("{'at':'AAAA'}"), new Timed()));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> SdkJson.write(new Timed()));
  }

  @Example
  void document_whenWritten_isTheSame() throws IOException {
    String text = "{\"b\":[1,1.0,1e3,null,true,\"x\"],\"a\":{}}";
    assertThat(SdkJson.write(SdkJson.document(text))).isEqualTo(text);
  }

  @Example
  void document_whenTheTextIsNotOneValue_throws() {
    for (String text : List.of("", " ", "1 2", "{\"a\":1,\"a\":2}", "{", "x", "]")) {
      assertThatExceptionOfType(IOException.class)
          .as(text)
          .isThrownBy(() -> SdkJson.document(text));
    }
  }

  @Example
  void document_whenTheTextIsTooLong_throws() throws IOException {
    String longest = " ".repeat((64 << 20) - 1) + "1";
    assertThat(SdkJson.document(longest)).isEqualTo(Document.fromNumber("1"));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> SdkJson.document(longest + " "))
        .withMessageContaining("longer");
  }
}
