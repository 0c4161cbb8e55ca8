package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.LocationTrait;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.S3Location;

/** The parts of a key, each by itself. */
class KeyPartsTest {
  private static final OptIns VOLATILE = new OptIns(2, null);

  private static Digest written(Consumer<RequestWriter> write) {
    KeyWriter out = new KeyWriter();
    write.accept(new RequestWriter(out));
    return out.digest();
  }

  private static Digest expected(Consumer<KeyWriter> write) {
    KeyWriter out = new KeyWriter();
    write.accept(out);
    return out.digest();
  }

  private static <T> Digest value(MarshallingType<T> type, T value) {
    return written(out -> out.value(field(type), value));
  }

  private static <T> SdkField<T> field(MarshallingType<T> type) {
    LocationTrait place =
        LocationTrait.builder().location(MarshallLocation.PAYLOAD).locationName("m").build();
    return SdkField.<T>builder(type).memberName("m").traits(place).build();
  }

  /** Fields of these types are in no request yet, but a later SDK may have one. */
  @Test
  void value_ofEachNumber_isItsTypeAndAllItsBits() {
    assertThat(value(MarshallingType.LONG, 1L << 40))
        .isEqualTo(expected(out -> out.int64(KeyWriter.LONG, 1L << 40)));
    assertThat(value(MarshallingType.DOUBLE, -0.5))
        .isEqualTo(expected(out -> out.int64(KeyWriter.DOUBLE, Double.doubleToRawLongBits(-0.5))));
    assertThat(value(MarshallingType.SHORT, (short) 7))
        .isEqualTo(expected(out -> out.int32(KeyWriter.SHORT, 7)));
    assertThat(value(MarshallingType.BYTE, (byte) 7))
        .isEqualTo(expected(out -> out.int32(KeyWriter.BYTE, 7)));
  }

  @Test
  void value_ofADecimalOrATime_isAllOfIt() {
    assertThat(value(MarshallingType.BIG_DECIMAL, new BigDecimal("1.0")))
        .isEqualTo(
            expected(
                out -> {
                  out.tag(KeyWriter.NUMBER);
                  out.string("1.0");
                }));
    assertThat(value(MarshallingType.INSTANT, Instant.ofEpochSecond(5, 6)))
        .isEqualTo(
            expected(
                out -> {
                  out.int64(KeyWriter.INSTANT, 5);
                  out.int32(KeyWriter.INTEGER, 6);
                }));
  }

  @Test
  void value_ofNothing_isATokenOfItsOwn() {
    Digest none = expected(out -> out.tag(KeyWriter.NULL));
    assertThat(written(out -> out.value(field(MarshallingType.STRING), null))).isEqualTo(none);
    assertThat(written(out -> out.document(null))).isEqualTo(none);
  }

  private static Document nested(int levels) {
    Document document = Document.fromNumber(1);
    for (int level = 0; level < levels; level++) {
      document = Document.fromList(List.of(document));
    }
    return document;
  }

  @Test
  void document_ofAThousandLevels_hasAKeyAndADeeperOneHasNone() {
    assertThatCode(() -> written(out -> out.document(nested(1000)))).doesNotThrowAnyException();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> written(out -> out.document(nested(1001))))
        .withMessageContaining("1000 levels");
  }

  private static List<String> names(SdkPojo pojo) {
    return FieldPlan.make(pojo).fields().stream()
        .map(field -> field.field().locationName())
        .toList();
  }

  @Test
  void make_ofARequest_sortsItsFieldsAndLeavesOutThoseThatCannotMatter() {
    assertThat(names(ConverseRequest.builder().build()))
        .isSorted()
        .contains("messages", "modelId", "system")
        .doesNotContain("requestMetadata");
    assertThat(FieldPlan.make(ConverseRequest.builder().build()).leftOut())
        .extracting(SdkField::memberName)
        .containsExactly("requestMetadata");
    assertThat(FieldPlan.make(ContentBlock.builder().build()).leftOut())
        .extracting(SdkField::memberName)
        .containsExactly("cachePoint");
    assertThat(FieldPlan.make(S3Location.builder().build()).leftOut()).isEmpty();
  }

  private static List<String> json(SdkPojo pojo) {
    return FieldPlan.make(pojo).fields().stream()
        .filter(FieldPlan.Field::json)
        .map(field -> field.field().memberName())
        .toList();
  }

  @Test
  void make_ofARequestWithABody_readsOnlyTheBodyAsJson() {
    assertThat(json(InvokeModelRequest.builder().build())).containsExactly("body");
    assertThat(json(InvokeModelWithResponseStreamRequest.builder().build()))
        .containsExactly("body");
    assertThat(json(InvokeModelTokensRequest.builder().build())).containsExactly("body");
    assertThat(json(ConverseRequest.builder().build())).isEmpty();
  }

  @Test
  void make_ofAnS3Location_isAVolatileReference() {
    assertThat(FieldPlan.make(S3Location.builder().build()).volatileReference()).isTrue();
    assertThat(FieldPlan.make(ContentBlock.builder().build()).volatileReference()).isFalse();
  }

  @Test
  void of_theSameClassTwice_isTheSamePlan() {
    FieldPlan plan = FieldPlan.of(ConverseRequest.builder().build());
    assertThat(FieldPlan.of(ConverseRequest.builder().modelId("m").build())).isSameAs(plan);
  }

  /** A class of a new loader, so that nothing has made its plan before. */
  @Test
  void of_aClassThatIsNew_isItsPlan() {
    ClassLoader loader = new ClassLoader(KeyPartsTest.class.getClassLoader()) {};
    SdkPojo pojo =
        (SdkPojo)
            Proxy.newProxyInstance(
                loader, new Class<?>[] {SdkPojo.class}, (proxy, method, args) -> List.of());
    assertThat(FieldPlan.of(pojo).fields()).isEmpty();
    assertThat(FieldPlan.of(pojo)).isSameAs(FieldPlan.of(pojo));
  }

  @Test
  void clientConfiguration_dependsOnEachTextAndTheirOrder() {
    assertThat(
            List.of(
                RequestKeys.clientConfiguration(List.of()),
                RequestKeys.clientConfiguration(List.of("a")),
                RequestKeys.clientConfiguration(List.of("a", "b")),
                RequestKeys.clientConfiguration(List.of("b", "a")),
                RequestKeys.clientConfiguration(List.of("ab"))))
        .doesNotHaveDuplicates();
    assertThat(RequestKeys.clientConfiguration(List.of("a")))
        .isEqualTo(
            expected(
                out -> {
                  out.string("bedrock-cache client 1");
                  out.string("a");
                }));
  }

  @ParameterizedTest
  @CsvSource({
    "amazon.nova-micro-v1:0, , , ",
    "amazon.nova-micro-v1:0, g1, 1, ",
    "amazon.nova-micro-v1:0, g1, , DRAFT_GUARDRAIL",
    "amazon.nova-micro-v1:0, g1, DRAFT, DRAFT_GUARDRAIL",
    "amazon.nova-micro-v1:0, g1, draft, DRAFT_GUARDRAIL",
    "amazon.nova-micro-v1:0, , DRAFT, ",
    "arn:aws:bedrock:us-east-1:000000000000:prompt/P1, , , UNVERSIONED_PROMPT",
    "arn:aws:bedrock:us-east-1:000000000000:prompt/P1:1, , , ",
    "arn:aws:bedrock:us-east-1:000000000000:prompt-router/r, , , VOLATILE_REFERENCE",
    "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0, , , ",
    "own-throughput, , , VOLATILE_REFERENCE",
    "own:throughput, , , ",
    ".own, , , ",
    "a.b, , , "
  })
  void refusal_isThatOfTheFirstThingThatMayChange(
      String model,
      @Nullable String guardrail,
      @Nullable String version,
      @Nullable CacheReason why) {
    assertThat(ModelReferences.refusal(model, guardrail, version, OptIns.NONE)).isEqualTo(why);
  }

  @Test
  void refusal_whenVolatileReferencesAreAllowed_refusesNoName() {
    assertThat(ModelReferences.refusal("own-throughput", null, null, VOLATILE)).isNull();
  }

  private static ConverseRequest with(
      @Nullable String header, @Nullable ExecutionAttribute<String> attribute) {
    return ConverseRequest.builder()
        .overrideConfiguration(
            c -> {
              if (header != null) {
                c.putHeader(header, "1");
              }
              if (attribute != null) {
                c.putExecutionAttribute(attribute, "1");
              }
            })
        .build();
  }

  @Test
  void matter_isTrueForAllNamesButThoseThatAreIgnored() {
    ExecutionAttribute<String> theirs = new ExecutionAttribute<>("KeyPartsTest.Theirs");
    ExecutionAttribute<String> ours =
        new ExecutionAttribute<>("com.gymcoach.bedrock.cache.KeyPartsTest");
    assertThat(RequestOverrides.isOurs(ours)).isTrue();
    assertThat(RequestOverrides.isOurs(theirs)).isFalse();
    assertThat(RequestOverrides.matter(ConverseRequest.builder().build(), Set.of())).isFalse();
    assertThat(RequestOverrides.matter(with(null, null), Set.of())).isFalse();
    assertThat(RequestOverrides.matter(with("X-Trace", null), Set.of())).isTrue();
    assertThat(RequestOverrides.matter(with("X-Trace", null), Set.of("x-trace"))).isFalse();
    assertThat(RequestOverrides.matter(with(null, theirs), Set.of())).isTrue();
    assertThat(RequestOverrides.matter(with(null, theirs), Set.of("keypartstest.theirs")))
        .isFalse();
    assertThat(RequestOverrides.matter(with(null, ours), Set.of())).isFalse();
  }

  @Test
  void equals_ofDigests_comparesAll256Bits() {
    Digest digest = new Digest(1, 2, 3, 4);
    assertThat(digest)
        .isEqualTo(Digest.of(digest.bytes()))
        .isEqualTo(Digest.parse(digest.text()))
        .hasSameHashCodeAs(Digest.of(digest.bytes()))
        .isNotEqualTo(new Digest(9, 2, 3, 4))
        .isNotEqualTo(new Digest(1, 9, 3, 4))
        .isNotEqualTo(new Digest(1, 2, 9, 4))
        .isNotEqualTo(new Digest(1, 2, 3, 9))
        .isNotEqualTo("digest");
    assertThat(new Digest(9, 2, 3, 4).hashCode()).isNotEqualTo(digest.hashCode());
    assertThat(digest).hasToString("AAAAAA…");
    for (int length : new int[] {0, 31, 33}) {
      assertThatIllegalArgumentException().isThrownBy(() -> Digest.of(new byte[length]));
    }
  }

  /** As {@code docs/stored-format.md} says: the use, a zero byte, the digest. */
  @Test
  void under_aSecret_isTheHmacOfTheUseAndTheDigest() throws Exception {
    byte[] secret = new byte[32];
    Digest digest = new Digest(1, 2, 3, 4);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    mac.update("key\0".getBytes(UTF_8));
    assertThat(KeyDigests.under(secret).ofKey(digest))
        .isEqualTo(Digest.of(mac.doFinal(digest.bytes())));
    mac.update("principal\0".getBytes(UTF_8));
    assertThat(KeyDigests.under(secret).ofPrincipal(digest))
        .isEqualTo(Digest.of(mac.doFinal(digest.bytes())));
  }

  private static KeySecret[] secrets(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> KeySecret.of(new byte[32 + i]))
        .toArray(KeySecret[]::new);
  }

  @Test
  void alsoInvalidates_ofThreeSecrets_isTakenAndOfFourIsNot() {
    assertThatCode(() -> KeySecret.none().alsoInvalidates(secrets(3))).doesNotThrowAnyException();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeySecret.none().alsoInvalidates(secrets(4)));
  }

  @Test
  void toString_ofAKeysInput_holdsNoRequestAndNoUser() {
    KeyInput input =
        Keys.material(CacheScope.user("ann"), ConverseRequest.builder().modelId("secret").build());
    assertThat(input).hasToString("KeyInput[Converse, CacheScope[user]]");
  }

  /** A generator is not taken for pure: then its keys would be remembered. */
  @Test
  void pure_ofAGenerator_isFalseUnlessItSaysSo() {
    KeyGenerator generator = (call, request) -> null;
    assertThat(generator.pure()).isFalse();
  }
}
