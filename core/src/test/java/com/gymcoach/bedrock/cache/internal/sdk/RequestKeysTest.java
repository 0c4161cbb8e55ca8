package com.gymcoach.bedrock.cache.internal.sdk;

import static com.gymcoach.bedrock.cache.internal.sdk.Keys.ANN;
import static com.gymcoach.bedrock.cache.internal.sdk.Keys.MODEL;
import static com.gymcoach.bedrock.cache.internal.sdk.Keys.digest;
import static com.gymcoach.bedrock.cache.internal.sdk.Keys.invoke;
import static com.gymcoach.bedrock.cache.internal.sdk.Keys.key;
import static com.gymcoach.bedrock.cache.internal.sdk.Keys.material;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.services.bedrockruntime.model.CachePointBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensInput;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.DocumentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.DocumentSource;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.PromptVariableValues;
import software.amazon.awssdk.services.bedrockruntime.model.S3Location;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.SystemTool;
import software.amazon.awssdk.services.bedrockruntime.model.Tool;
import software.amazon.awssdk.services.bedrockruntime.model.ToolResultContentBlock;

class RequestKeysTest {
  private static final CachePointBlock CACHE_POINT =
      CachePointBlock.builder().type("default").ttl("1h").build();

  @Test
  void principal_namesNobodyElse() {
    List<Digest> principals =
        Stream.of("shared", "Shared", " ", "\u0000", "ann", "ann ", "an", "n", "\ud800", "?")
            .map(id -> RequestKeys.principal(CacheScope.user(id)))
            .toList();

    assertThat(principals)
        .doesNotHaveDuplicates()
        .doesNotContain(RequestKeys.principal(CacheScope.shared()));
  }

  @Test
  void principal_ofUser_isTheSameForAllEndpointsAndVariants() {
    assertThat(RequestKeys.principal(ANN.vary("locale", "en")))
        .isEqualTo(RequestKeys.principal(CacheScope.user("ann")));
  }

  private static List<KeyInput> differingInAllThatIsNotTheRequest(ConverseRequest request) {
    KeyInput one = material(ANN, request);
    return List.of(
        one,
        new KeyInput("ConverseStream", one.delegate(), "main", ANN, MODEL, request),
        new KeyInput("Converse", "us-east-1 default", "main", ANN, MODEL, request),
        new KeyInput("Converse", one.delegate(), "test", ANN, MODEL, request),
        new KeyInput("Converse", one.delegate(), "main", ANN, MODEL + "x", request),
        material(CacheScope.user("bob").endpoint("chat"), request),
        material(CacheScope.shared().endpoint("chat"), request),
        material(CacheScope.user("shared").endpoint("chat"), request),
        material(CacheScope.user("ann").endpoint("form-check"), request),
        material(CacheScope.user("ann"), request),
        material(ANN.vary("locale", null), request),
        material(ANN.vary("locale", ""), request),
        material(ANN.vary("locale", "en"), request),
        material(ANN.vary("local", "een"), request),
        material(ANN.vary("locale", "en").vary("profile", "7"), request),
        material(ANN.vary("locale", "en").vary("profile", "8"), request));
  }

  @Test
  void key_isSensitiveToAllThatIsNotTheRequest() {
    ConverseRequest request = ask("Hello").build();
    List<KeyInput> others = differingInAllThatIsNotTheRequest(request);

    assertThat(others.stream().map(m -> RequestKeys.key(m).digest())).doesNotHaveDuplicates();
    assertThat(RequestKeys.key(material(ANN.vary("a", "1").vary("b", "2"), request)))
        .isEqualTo(RequestKeys.key(material(ANN.vary("b", "2").vary("a", "1"), request)));
  }

  private static List<SdkRequest> requestsWithBody(String json) {
    SdkBytes body = SdkBytes.fromUtf8String(json);
    return List.of(
        InvokeModelRequest.builder().modelId(MODEL).body(body).build(),
        InvokeModelWithResponseStreamRequest.builder().modelId(MODEL).body(body).build(),
        CountTokensRequest.builder()
            .modelId(MODEL)
            .input(CountTokensInput.fromInvokeModel(t -> t.body(body)))
            .build());
  }

  @Test
  void key_whenABodyIsWrittenInAnotherOrder_isTheSame() {
    List<SdkRequest> one = requestsWithBody("{\"a\":1,\"b\":2}");
    List<SdkRequest> other = requestsWithBody("{ \"b\" : 2, \"a\" : 1 }");
    for (int i = 0; i < one.size(); i++) {
      assertThat(anyKey(one.get(i))).isEqualTo(anyKey(other.get(i)));
    }
  }

  @Test
  void plan_ofARequestWithAModelsBody_hasOneFieldOfJson() {
    List<SdkPojo> requests =
        List.of(
            InvokeModelRequest.builder().build(),
            InvokeModelWithResponseStreamRequest.builder().build(),
            InvokeModelTokensRequest.builder().build());
    for (SdkPojo request : requests) {
      assertThat(FieldPlan.make(request).fields()).filteredOn(FieldPlan.Field::json).hasSize(1);
    }
  }

  private static RequestKey anyKey(SdkRequest request) {
    return RequestKeys.key(new KeyInput("any", "us-east-1", "main", ANN, MODEL, request));
  }

  @Test
  void f38_key_tellsRequestsApartThatTheOldCacheDidNot() {
    List<ConverseRequest> requests =
        List.of(
            ask("Hello").build(),
            ask("hello").build(),
            ask("Hello").modelId("amazon.nova-lite-v1:0").build(),
            ask("Hello").inferenceConfig(c -> c.temperature(0f)).build(),
            ask("Hello").inferenceConfig(c -> c.temperature(-0f)).build(),
            ask("Hello").inferenceConfig(c -> c.temperature(0.7f)).build(),
            ask("Hello").inferenceConfig(c -> c.maxTokens(100)).build(),
            ask("Hello").inferenceConfig(c -> c.stopSequences("a", "b")).build(),
            ask("Hello").inferenceConfig(c -> c.stopSequences("ab")).build(),
            ask("Hello").inferenceConfig(c -> c.stopSequences(List.of())).build(),
            ask("Hello").inferenceConfig(c -> c.stopSequences(nullElement())).build(),
            ask("Hello").inferenceConfig(c -> {}).build(),
            ask("Hello").messages(Collections.singletonList(null)).build(),
            ask("Hello").system(SystemContentBlock.fromText("Be brief")).build(),
            ask("Hello").system(SystemContentBlock.fromText("")).build(),
            ask("Hello").system(List.of()).build(),
            ask("Hello").toolConfig(c -> c.tools(tool("weather", 1))).build(),
            ask("Hello").toolConfig(c -> c.tools(tool("weather", 2))).build(),
            ask("Hello").toolConfig(c -> c.tools(tool("a", 1), tool("b", 1))).build(),
            ask("Hello").toolConfig(c -> c.tools(tool("b", 1), tool("a", 1))).build(),
            guarded("g1", "1"),
            guarded("g1", "2"),
            guarded("g", "11"));

    assertThat(requests.stream().map(Keys::digest)).doesNotHaveDuplicates();
  }

  @Test
  void key_doesNotDependOnTheOrderOfMembersOfDocument() {
    Document one =
        Document.mapBuilder()
            .putNumber("a", 1)
            .putMap("b", m -> m.putNull("c").putNull("d"))
            .build();
    Document other =
        Document.mapBuilder()
            .putMap("b", m -> m.putNull("d").putNull("c"))
            .putNumber("a", 1)
            .build();

    assertThat(digest(ask("Hello").additionalModelRequestFields(one).build()))
        .isEqualTo(digest(ask("Hello").additionalModelRequestFields(other).build()));
  }

  @Test
  void cachePoint_isNotThere() {
    ContentBlock text = ContentBlock.fromText("Hello");
    ContentBlock point = ContentBlock.fromCachePoint(CACHE_POINT);
    SystemContentBlock rules = SystemContentBlock.fromText("Be brief");
    SystemContentBlock systemPoint = SystemContentBlock.fromCachePoint(CACHE_POINT);
    Tool tool = tool("weather", 1);

    Digest without = cachePointKey(List.of(text, text), List.of(rules), List.of(tool));

    assertThat(
            cachePointKey(
                List.of(point, text, point, text, point),
                List.of(rules, systemPoint),
                List.of(tool, Tool.fromCachePoint(CACHE_POINT))))
        .isEqualTo(without);
    assertThat(cachePointKey(List.of(text, point), List.of(rules), List.of(tool)))
        .isNotEqualTo(without);
  }

  @Test
  void emptyBlock_isThere() {
    ContentBlock text = ContentBlock.fromText("Hello");

    assertThat(cachePointKey(List.of(text, ContentBlock.builder().build()), List.of(), List.of()))
        .isNotEqualTo(cachePointKey(List.of(text), List.of(), List.of()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 65, 4000, 4085, 4090, 4095, 4096, 4097, 9000, 100_000})
  void key_seesEachCharacterOfText(int length) {
    List<String> texts = new ArrayList<>();
    texts.add("x".repeat(length));
    texts.add("x".repeat(length) + "y");
    texts.add("y" + "x".repeat(length));
    texts.add("x".repeat(length) + "é");
    texts.add("x".repeat(length) + "\ud800");
    texts.add("x".repeat(length) + "\udc00");
    texts.add("\ud800" + "x".repeat(length));
    texts.add("x".repeat(length) + "?");
    texts.add("x".repeat(length) + "\ufffd");

    List<String> different = texts.stream().distinct().toList();
    assertThat(different.stream().map(text -> digest(ask(text).build()))).doesNotHaveDuplicates();
  }

  @Test
  void body_whenJson_isComparedWithoutOrderAndWhiteSpace() {
    Digest key = digest(invoke("{\"a\":{\"x\":[{\"p\":1,\"q\":2}],\"y\":2},\"b\":1.0}"));

    assertThat(digest(invoke(" { \"b\": 1.0, \"a\": {\"y\":2,\n\"x\":[{\"q\":2,\"p\":1}]}}")))
        .isEqualTo(key);
    assertThat(digest(invoke("{\"a\":{\"x\":[{\"p\":1,\"q\":2}],\"y\":2},\"b\":1}")))
        .isNotEqualTo(key);
  }

  @Test
  void body_whenNotJson_isComparedAsBytes() {
    List<SdkRequest> requests =
        List.of(
            invoke("{\"a\":1,\"a\":2}"),
            invoke("{\"a\":2,\"a\":1}"),
            invoke("{\"a\":2}"),
            invoke("{\"a\":2} x"),
            invoke("{\"a\":2}  x"),
            invoke(""),
            invoke(new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'}),
            invoke(new byte[] {'"', (byte) 0xFF, '"'}),
            invoke("\"?\""));

    assertThat(requests.stream().map(Keys::digest)).doesNotHaveDuplicates();
  }

  /** However careless the generator: it gives the same bytes for all of them. */
  @Test
  void generated_isSensitiveToAllThatIsNotTheRequest() {
    List<KeyInput> all = differingInAllThatIsNotTheRequest(ask("Hello").build());
    byte[] generated = {1, 2, 3};
    assertThat(all.stream().map(m -> RequestKeys.key(m, generated).digest()))
        .doesNotHaveDuplicates()
        .doesNotContainAnyElementsOf(all.stream().map(m -> RequestKeys.key(m).digest()).toList());
  }

  @Test
  void generated_replacesTheFieldsAndNothingElse() {
    byte[] generated = {1, 2, 3};
    KeyInput material = material(ANN, ask("Hello").build());
    Digest key = RequestKeys.key(material, generated).digest();

    assertThat(RequestKeys.key(material(ANN, ask("Good bye").build()), generated).digest())
        .isEqualTo(key);
    assertThat(
            Stream.of(
                    RequestKeys.key(material),
                    RequestKeys.key(material, new byte[0]),
                    RequestKeys.key(material, new byte[] {1, 2}),
                    RequestKeys.key(
                        material(CacheScope.user("bob"), material.request()), generated),
                    RequestKeys.key(material(CacheScope.shared(), material.request()), generated),
                    RequestKeys.key(material(ANN, invoke("{}")), generated))
                .map(RequestKey::digest))
        .doesNotHaveDuplicates()
        .doesNotContain(key);
  }

  @ParameterizedTest
  @MethodSource("volatileRequests")
  void volatileReference_isNoticed(SdkRequest request) {
    assertThat(key(request).volatileReference()).isTrue();
    assertThat(RequestKeys.key(material(ANN, request), new byte[0]).volatileReference()).isTrue();
  }

  static Stream<SdkRequest> volatileRequests() {
    return Stream.of(
        askWith(c -> c.document(d -> d.source(s -> s.s3Location(l -> l.uri("s3://b/k"))))),
        askWith(c -> c.image(d -> d.source(s -> s.s3Location(l -> l.uri("s3://b/k"))))),
        askWith(c -> c.video(d -> d.source(s -> s.s3Location(l -> {})))),
        askWith(
            c ->
                c.toolResult(
                    r ->
                        r.content(
                            ToolResultContentBlock.fromDocument(
                                DocumentBlock.builder()
                                    .source(
                                        DocumentSource.fromS3Location(
                                            S3Location.builder().uri("x").build()))
                                    .build())))),
        ask("Hello")
            .toolConfig(
                c -> c.tools(Tool.fromSystemTool(SystemTool.builder().name("nova").build())))
            .build(),
        additional(Document.mapBuilder().putList("a", l -> l.addString("s3://b/k")).build()),
        additional(Document.mapBuilder().putNull("systemTool").build()),
        invoke("{\"document\":{\"uri\":\"s3:\\/\\/b/k\"}}"),
        invoke("{\"tools\":[{\"systemTool\":{\"name\":\"nova_grounding\"}}]}"),
        invoke("{\"a\":1,\"a\":1,\"uri\":\"s3://b/k\"}"));
  }

  @ParameterizedTest
  @MethodSource("lastingRequests")
  void volatileReference_isNotSeenWhereThereIsNone(SdkRequest request) {
    assertThat(key(request).volatileReference()).isFalse();
  }

  static Stream<SdkRequest> lastingRequests() {
    return Stream.of(
        ask("s3://bucket/key").build(),
        ask("Hello").toolConfig(c -> c.tools(tool("systemTool", 1))).build(),
        additional(Document.fromString("see s3://bucket")),
        askWith(c -> c.document(d -> d.source(s -> s.bytes(SdkBytes.fromUtf8String("s3://b/k"))))),
        invoke("{\"prompt\":\"see s3://bucket/key\",\"n\":\"systemTool\"}"));
  }

  @Test
  void key_whenDocumentNestsToTheLimit_isMade() {
    assertThat(digest(additional(nested(990)))).isNotEqualTo(digest(additional(nested(989))));
  }

  @Test
  void key_whenDocumentNestsDeeper_isRefusedWithoutOverflow() {
    ConverseRequest request = additional(nested(3000));

    assertThatThrownBy(() -> digest(request)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void toString_ofMaterial_namesNeitherPromptNorUser() {
    assertThat(material(ANN, ask("Hello").build()).toString()).doesNotContain("Hello", "ann");
  }

  /** A key that changes makes all that was ever stored unreachable: then raise its version. */
  @Test
  void key_isTheSameInEveryRelease() {
    byte[] generated = "generated".getBytes(UTF_8);
    CacheScope varied = CacheScope.shared().vary("locale", null).vary("profile", "7");
    List<Digest> digests =
        List.of(
            RequestKeys.principal(CacheScope.shared()),
            RequestKeys.principal(CacheScope.user("u-42")),
            digest(ask("Hello").build()),
            digest(everyKindOfField()),
            digest(invoke("{\"b\": 1.0, \"a\": [true, null, \"\\u00e9\"]}")),
            digest(invoke("not JSON")),
            RequestKeys.key(material(varied, ask("Hello").build()), generated).digest());

    assertThat(digests.stream().map(Digest::text))
        .containsExactly(
            "A-T5GyoqcjUR93BHIlict8PUr8gd7Hqq-Iy_J4fTLjo",
            "hcuSg_Eeps1WPpgcnUeyJgRUZvCeLI4aBhnq5QpjWfQ",
            "V7BRh76pOhWhyV1wpIpgWe355W2sFxsctpAPzVeuIKM",
            "Y85ZGDkwTJqR-0fCJ-rNItpitZnS04AF8Mk57JrEwUo",
            "MNIj-ljnz1OlEjfm1G-DvjmeAFIc6N-XSKcNukjXHt4",
            "NrfbgkA_FZLOox8BGGvQYkWQN6t4iHDXXEkMvbgEHJQ",
            "ExFdBOcL4Dq1dx6G1hb2X9BhZMmLSYY234RY-Zkm7tw");
  }

  private static ConverseRequest everyKindOfField() {
    Document schema =
        Document.mapBuilder()
            .putString("type", "object")
            .putNumber("max", "1e3")
            .putBoolean("strict", true)
            .putList("required", l -> l.addString("a").addNull())
            .putMap("properties", m -> m.putMap("a", a -> {}))
            .build();
    return ask("Grüß Gott \ud83d\ude00")
        .system(SystemContentBlock.fromText("a\ud800"), SystemContentBlock.fromText(""))
        .inferenceConfig(c -> c.temperature(0.7f).maxTokens(100).stopSequences(List.of()))
        .toolConfig(c -> c.tools(tool("t", schema)))
        .promptVariables(Map.of("b", variable("2"), "a", variable("1")))
        .build();
  }

  private static PromptVariableValues variable(String text) {
    return PromptVariableValues.builder().text(text).build();
  }

  private static ConverseRequest.Builder ask(String text) {
    return ConverseRequest.builder()
        .modelId(MODEL)
        .messages(Message.builder().role("user").content(ContentBlock.fromText(text)).build());
  }

  private static ConverseRequest askWith(Consumer<ContentBlock.Builder> content) {
    return ConverseRequest.builder()
        .messages(
            Message.builder()
                .role("user")
                .content(ContentBlock.builder().applyMutation(content).build())
                .build())
        .build();
  }

  private static ConverseRequest additional(Document document) {
    return ask("Hello").additionalModelRequestFields(document).build();
  }

  private static ConverseRequest guarded(String id, String version) {
    return ask("Hello")
        .guardrailConfig(g -> g.guardrailIdentifier(id).guardrailVersion(version))
        .build();
  }

  private static Digest cachePointKey(
      List<ContentBlock> content, List<SystemContentBlock> system, List<Tool> tools) {
    return digest(
        ConverseRequest.builder()
            .system(system)
            .messages(Message.builder().role("user").content(content).build())
            .toolConfig(c -> c.tools(tools))
            .build());
  }

  private static Tool tool(String name, int maximum) {
    return tool(name, Document.mapBuilder().putNumber("maximum", maximum).build());
  }

  private static Tool tool(String name, Document schema) {
    return Tool.builder().toolSpec(t -> t.name(name).inputSchema(s -> s.json(schema))).build();
  }

  private static Document nested(int levels) {
    Document document = Document.fromNull();
    for (int i = 0; i < levels; i++) {
      document = Document.fromList(List.of(document));
    }
    return document;
  }

  private static List<@Nullable String> nullElement() {
    return Collections.singletonList(null);
  }
}
