package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeGuardrailChecksResponse;
import software.amazon.awssdk.utils.builder.Buildable;

/** The unions that an answer can hold: those of the service's model, and those of the SDK. */
class UnknownContentTest {
  @Test
  void unions_areThoseOfTheServicesModel() throws IOException {
    JsonNode model =
        JsonNodeParser.create()
            .parse(Files.readString(Recordings.file("bedrock-runtime-service-2.json")));
    JsonNode shapes = Recordings.member(model, "shapes");
    Set<String> reached = new HashSet<>();
    reach("ConverseResponse", shapes, reached);
    reach("ConverseStreamOutput", shapes, reached);
    reach("ApplyGuardrailResponse", shapes, reached);
    reach("CountTokensResponse", shapes, reached);
    Set<String> unions = new TreeSet<>();
    Set<String> formats = new TreeSet<>();
    for (String name : reached) {
      Map<String, JsonNode> shape = Recordings.member(shapes, name).asObject();
      if (shape.containsKey("union")) {
        unions.add(name);
      }
      if (name.endsWith("Format") && shape.containsKey("enum")) {
        Recordings.member(Recordings.member(shapes, name), "enum")
            .asArray()
            .forEach(format -> formats.add(format.asString()));
      }
    }
    assertThat(UnknownContent.UNIONS).containsExactlyInAnyOrderElementsOf(unions);
    assertThat(UnknownContent.FORMATS).containsExactlyInAnyOrderElementsOf(formats);
  }

  private static void reach(String name, JsonNode shapes, Set<String> reached) {
    if (!reached.add(name)) {
      return;
    }
    JsonNode shape = Recordings.member(shapes, name);
    Stream<JsonNode> members =
        shape.asObject().containsKey("members")
            ? Recordings.member(shape, "members").asObject().values().stream()
            : Stream.of("member", "value")
                .filter(shape.asObject()::containsKey)
                .map(member -> Recordings.member(shape, member));
    members.forEach(
        member -> reach(Recordings.member(member, "shape").asString(), shapes, reached));
  }

  /** A union of the SDK that is not on the list would be kept with its content lost. */
  @Test
  void unions_ofThisSdk_areNoticedWhereNothingIsSet() {
    Set<Class<?>> seen = new HashSet<>();
    Set<String> unions = new TreeSet<>();
    Stream.<Object>of(
            ConverseResponse.builder(),
            ApplyGuardrailResponse.builder(),
            CountTokensResponse.builder(),
            InvokeGuardrailChecksResponse.builder())
        .forEach(response -> collect((SdkPojo) response, seen, unions));
    Stream.of(
            ConverseStreamOutput.messageStartBuilder(),
            ConverseStreamOutput.contentBlockStartBuilder(),
            ConverseStreamOutput.contentBlockDeltaBuilder(),
            ConverseStreamOutput.contentBlockStopBuilder(),
            ConverseStreamOutput.messageStopBuilder(),
            ConverseStreamOutput.metadataBuilder())
        .forEach(event -> collect((SdkPojo) event, seen, unions));
    assertThat(unions).hasSizeGreaterThan(12);
    assertThat(UnknownContent.UNIONS).containsAll(unions);
  }

  private static void collect(SdkPojo builder, Set<Class<?>> seen, Set<String> unions) {
    Object built = ((Buildable) builder).build();
    if (!seen.add(built.getClass())) {
      return;
    }
    boolean union =
        Stream.of(built.getClass().getDeclaredClasses())
            .anyMatch(inner -> inner.isEnum() && inner.getSimpleName().equals("Type"));
    if (union) {
      unions.add(built.getClass().getSimpleName());
    }
    assertThat(UnknownContent.isIn(built)).as(built.getClass().getSimpleName()).isEqualTo(union);
    for (SdkField<?> field : builder.sdkFields()) {
      SdkField<?> inner = field;
      while (inner != null && inner.constructor() == null) {
        inner = element(inner);
      }
      if (inner != null) {
        collect(inner.constructor().get(), seen, unions);
      }
    }
  }

  private static @Nullable SdkField<?> element(SdkField<?> field) {
    if (field.containsTrait(ListTrait.class)) {
      return field.getTrait(ListTrait.class).memberFieldInfo();
    }
    return field.containsTrait(MapTrait.class)
        ? field.getTrait(MapTrait.class).valueFieldInfo()
        : null;
  }
}
