package com.gymcoach.bedrock.cache.internal.sdk;

import static com.gymcoach.bedrock.cache.internal.sdk.Keys.ANN;
import static com.gymcoach.bedrock.cache.internal.sdk.Keys.MODEL;
import static com.gymcoach.bedrock.cache.internal.sdk.Keys.invoke;
import static com.gymcoach.bedrock.cache.internal.sdk.Keys.material;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.internal.wire.RandomJson;
import com.gymcoach.bedrock.cache.internal.wire.RandomPojo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.services.bedrockruntime.model.CachePointBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** The paths at which two calls differ are exactly those at which they do. */
class FieldTreeTest {
  private static final FieldDigests DIGESTS = new FieldDigests();

  private static FieldTree tree(SdkRequest request) {
    return DIGESTS.of(material(ANN, request), null);
  }

  /** Returns the paths at which a call differs from a kept one. */
  private static List<String> paths(FieldTree call, FieldTree kept) {
    List<String> paths = new ArrayList<>();
    assertThat(call.differencesFrom(kept.withoutNames(), paths::add)).isEqualTo(paths.size());
    return paths;
  }

  private static List<String> paths(SdkRequest call, SdkRequest kept) {
    return paths(tree(call), tree(kept));
  }

  /** Calls differ in a field if and only if they have different keys. */
  @Property(tries = 20_000)
  void differences_areThereIfAndOnlyIfTheKeysDiffer(@ForAll Random random) {
    Call one = Call.random(random);
    Call other;
    do {
      other = one.nearMiss(random);
    } while (!other.isPossible());
    KeyInput call = one.material(random);
    KeyInput kept = other.material(random);
    Assume.that(
        call.namespace().equals(kept.namespace())
            && call.scope().user().equals(kept.scope().user())
            && call.modelId().equals(kept.modelId()));
    boolean differ = !RequestKeys.key(call).equals(RequestKeys.key(kept));
    assertThat(paths(DIGESTS.of(call, null), DIGESTS.of(kept, null)).isEmpty()).isEqualTo(!differ);
  }

  @Property(tries = 3_000)
  void oneChange_ofAnyFieldOfAnyRequest_isNamedExactly(@ForAll Random random) {
    SdkRequest request = randomRequest(random);
    List<String> all = RandomChange.paths(request);
    Assume.that(!all.isEmpty() && tree(request).size() < FieldDigests.MAX_FIELDS);
    int at = random.nextInt(all.size());
    SdkRequest changed = (SdkRequest) RandomChange.change(request, at);
    assertThat(paths(changed, request)).containsExactly(all.get(at));
  }

  @Property(tries = 3_000)
  void twoChanges_ofAnyRequest_areBothNamedInOrder(@ForAll Random random) {
    SdkRequest request = randomRequest(random);
    List<String> all = RandomChange.paths(request);
    Assume.that(all.size() > 1 && tree(request).size() < FieldDigests.MAX_FIELDS);
    int[] two = RandomChange.two(random, all.size());
    SdkPojo changed = RandomChange.change(RandomChange.change(request, two[0]), two[1]);
    assertThat(paths((SdkRequest) changed, request))
        .containsExactly(all.get(two[0]), all.get(two[1]));
  }

  private static SdkRequest randomRequest(Random random) {
    RandomPojo any = new RandomPojo(random, new HashSet<>());
    return (SdkRequest)
        any.next(random.nextBoolean() ? ConverseRequest::builder : ConverseStreamRequest::builder);
  }

  @Property(tries = 3_000)
  void jsonBody_whenOneValueChanges_namesItsPathWhateverTheOrder(@ForAll Random random) {
    Object document = RandomJson.document(random);
    List<String> all = new ArrayList<>();
    write(document, "body", all, -1);
    Assume.that(!all.isEmpty());
    int at = random.nextInt(all.size());
    Object changed = write(document, "body", new ArrayList<>(), at);
    assertThat(
            paths(
                invoke(RandomJson.shuffled(changed, random)),
                invoke(RandomJson.shuffled(document, random))))
        .containsExactly(all.get(at));
  }

  /**
   * Collects the path of each value without parts; returns the document with one of them changed.
   */
  private static Object write(Object value, String path, List<String> all, int target) {
    if (value instanceof Map<?, ?> object) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      new TreeMap<>(object)
          .forEach((name, inner) -> copy.put(name, write(inner, path + named(name), all, target)));
      return copy;
    }
    if (value instanceof List<?> array) {
      List<Object> copy = new ArrayList<>();
      for (Object inner : array) {
        copy.add(write(inner, path + "[" + copy.size() + "]", all, target));
      }
      return copy;
    }
    all.add(path);
    return all.size() - 1 == target ? "\"changed\"" : value;
  }

  private static String named(Object name) {
    return name.toString().matches("[A-Za-z_][A-Za-z0-9_-]{0,39}") ? "." + name : ".*";
  }

  @Test
  void jsonBody_whenStringsAreWrittenInAnotherWay_differsWhereItsKeyDoes() {
    assertThat(paths(invoke("{\"a\":[\"x\",1.0]}"), invoke("{\"a\":[\"\\u0078\",1]}")))
        .containsExactly("body.a[0]", "body.a[1]");
  }

  @Test
  void jsonBody_whenMembersComeAndGo_namesWhatIsNewAndWhereSomethingWas() {
    String kept = "{\"system\":\"s\",\"messages\":[{\"role\":\"user\"}]}";
    assertThat(paths(invoke("{\"messages\":[{\"role\":\"user\"}],\"top_k\":3}"), invoke(kept)))
        .containsExactly("body.top_k", "body");
    assertThat(paths(invoke("{\"system\":\"s\",\"messages\":[]}"), invoke(kept)))
        .containsExactly("body.messages[0]");
    assertThat(paths(invoke("{\"system\":\"s\",\"messages\":{}}"), invoke(kept)))
        .containsExactly("body.messages");
  }

  @Test
  void body_thatIsNoJson_isOneValue() {
    assertThat(paths(invoke("{\"a\":1"), invoke("{\"a\":2"))).containsExactly("body");
    assertThat(paths(invoke("{\"a\":1,\"a\":2}"), invoke("{\"a\":1}"))).containsExactly("body");
    assertThat(paths(invoke("1"), invoke("2"))).containsExactly("body");
    assertThat(paths(invoke("{}"), invoke("[]"))).containsExactly("body");
    assertThat(paths(invoke("{\"a\":{}}"), invoke("{\"a\":[]}"))).containsExactly("body.a");
    assertThat(paths(invoke("{}"), invoke("{}"))).isEmpty();
  }

  @Test
  void memberName_thatMayBeAValue_isNotTold() {
    assertThat(paths(invoke("{\"my knee hurts\":1}"), invoke("{\"my knee hurts\":2}")))
        .containsExactly("body.*");
    String longName = "a".repeat(41);
    assertThat(paths(invoke("{\"" + longName + "\":1}"), invoke("{\"" + longName + "\":2}")))
        .containsExactly("body.*");
    assertThat(paths(invoke("{\"4917012345\":1}"), invoke("{\"4917012345\":2}")))
        .containsExactly("body.*");
  }

  private static ConverseRequest converse(ContentBlock... blocks) {
    return ConverseRequest.builder()
        .modelId(MODEL)
        .messages(Message.builder().role("user").content(blocks).build())
        .build();
  }

  @Test
  void modelledField_thatOnlyTheKeptCallHas_isNamed() {
    ConverseRequest kept =
        converse(ContentBlock.fromText("a")).toBuilder()
            .inferenceConfig(c -> c.maxTokens(5).temperature(1f))
            .build();
    assertThat(paths(kept.toBuilder().inferenceConfig(c -> c.maxTokens(5)).build(), kept))
        .containsExactly("inferenceConfig.temperature");
    assertThat(paths(converse(ContentBlock.fromText("a")), kept))
        .containsExactly("inferenceConfig");
    assertThat(paths(converse(), kept))
        .containsExactly("messages[0].content[0]", "inferenceConfig");
  }

  @Test
  void absentAndEmpty_differ() {
    ConverseRequest request = ConverseRequest.builder().modelId(MODEL).build();
    assertThat(paths(request.toBuilder().messages(List.of()).build(), request))
        .containsExactly("messages");
    assertThat(paths(request, request.toBuilder().messages(List.of()).build()))
        .containsExactly("messages");
  }

  @Test
  void unionMember_thatIsAnother_isNamedWithTheOneThatWas() {
    assertThat(
            paths(
                converse(ContentBlock.fromText("a")),
                converse(ContentBlock.builder().toolUse(t -> t.name("a")).build())))
        .containsExactly("messages[0].content[0].text", "messages[0].content[0].toolUse");
  }

  @Test
  void cachePoint_isNoDifferenceAndShiftsNothing() {
    ContentBlock point = ContentBlock.fromCachePoint(CachePointBlock.builder().build());
    ContentBlock text = ContentBlock.fromText("a");
    assertThat(paths(converse(point, text), converse(text))).isEmpty();
    assertThat(paths(converse(point, ContentBlock.fromText("b")), converse(text)))
        .containsExactly("messages[0].content[1].text");
  }

  @Test
  void scope_isPartOfTheCallButForItsUser() {
    ConverseRequest request = converse(ContentBlock.fromText("a"));
    CacheScope varied = ANN.vary("locale", "de");
    FieldTree kept = DIGESTS.of(material(ANN, request), null);
    assertThat(paths(DIGESTS.of(material(varied, request), null), kept))
        .containsExactly("vary.locale");
    assertThat(paths(DIGESTS.of(material(ANN.vary("locale", null), request), null), kept))
        .containsExactly("vary.locale");
    assertThat(paths(DIGESTS.of(material(ANN.endpoint("plan"), request), null), kept))
        .containsExactly("endpoint");
    CacheScope bob = CacheScope.user("bob").endpoint("chat");
    assertThat(DIGESTS.owner(bob)).isNotEqualTo(DIGESTS.owner(ANN));
    assertThat(DIGESTS.owner(varied)).isEqualTo(DIGESTS.owner(ANN));
    assertThat(DIGESTS.owner(CacheScope.shared().vary("a", "b")))
        .isNotEqualTo(DIGESTS.owner(CacheScope.shared()));
    assertThat(DIGESTS.owner(CacheScope.user("shared")))
        .isNotEqualTo(DIGESTS.owner(CacheScope.shared()));
  }

  @Test
  void generatedKey_replacesTheRequestsFields() {
    KeyInput call = material(ANN, converse(ContentBlock.fromText("a")));
    KeyInput other = material(ANN, converse(ContentBlock.fromText("b")));
    FieldTree kept = DIGESTS.of(call, new byte[] {1});
    assertThat(paths(DIGESTS.of(other, new byte[] {1}), kept)).isEmpty();
    assertThat(paths(DIGESTS.of(other, new byte[] {2}), kept)).containsExactly("keyGenerator");
  }

  @Test
  void digests_ofAnotherSalt_sayNothingOfAValue() {
    KeyInput call = material(ANN, converse(ContentBlock.fromText("yes")));
    assertThat(paths(new FieldDigests().of(call, null), DIGESTS.of(call, null)))
        .contains("messages[0].content[0].text", "modelId", "operation");
    assertThat(new FieldDigests().owner(ANN)).isNotEqualTo(DIGESTS.owner(ANN));
  }

  private static ConverseRequest conversation(int messages, int changed) {
    List<Message> all =
        IntStream.range(0, messages)
            .mapToObj(
                i ->
                    Message.builder()
                        .role("user")
                        .content(ContentBlock.fromText(i == changed ? "changed" : "text " + i))
                        .build())
            .toList();
    return ConverseRequest.builder().modelId(MODEL).messages(all).build();
  }

  @Test
  void longConversation_isToldApartAsFarAsItFits() {
    FieldTree kept = tree(conversation(400, -1));
    assertThat(kept.size()).isBetween(400, FieldDigests.MAX_FIELDS);
    assertThat(paths(tree(conversation(400, 17)), kept)).containsExactly("messages[17]");
    FieldTree longer = tree(conversation(3_000, -1));
    assertThat(longer.size()).isLessThan(20);
    assertThat(paths(tree(conversation(3_000, 17)), longer)).containsExactly("messages");
    assertThat(paths(tree(conversation(100, 17)), tree(conversation(100, -1))))
        .containsExactly("messages[17].content[0].text");
    assertThat(paths(longer, tree(conversation(100, -1)))).containsExactly("messages");
  }

  @Test
  void manyValues_areNotToldApart() {
    String numbers =
        IntStream.range(0, 30_000).mapToObj(Integer::toString).collect(Collectors.joining(","));
    FieldTree kept = tree(invoke("{\"a\":{\"b\":[" + numbers + "]}}"));
    assertThat(kept.size()).isLessThan(20);
    assertThat(paths(tree(invoke("{\"a\":{\"b\":[" + numbers + ",1]}}")), kept))
        .containsExactly("body");
    assertThat(paths(tree(invoke("{\"a\":{\"b\":[1]}}")), kept)).containsExactly("body");
    assertThat(paths(tree(invoke("{\"a\":{\"b\":[" + numbers + "]}}")), kept)).isEmpty();
  }

  @Test
  void deepDocument_isToldApartToADepth() {
    Document one = Document.fromNumber(1);
    Document other = Document.fromNumber(2);
    for (int i = 0; i < 900; i++) {
      one = Document.fromList(List.of(one));
      other = Document.fromList(List.of(other));
    }
    ConverseRequest request = converse(ContentBlock.fromText("a"));
    List<String> paths =
        paths(
            request.toBuilder().additionalModelRequestFields(other).build(),
            request.toBuilder().additionalModelRequestFields(one).build());
    assertThat(paths).containsExactly("additionalModelRequestFields" + "[0]".repeat(32));
  }
}
