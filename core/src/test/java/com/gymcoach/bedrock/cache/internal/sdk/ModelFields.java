package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.utils.builder.Buildable;

/**
 * Every field that a cacheable request can have, however deep, found by walking the SDK's model.
 */
final class ModelFields {
  private static final List<Supplier<SdkPojo>> REQUESTS =
      List.of(
          ConverseRequest::builder,
          ConverseStreamRequest::builder,
          InvokeModelRequest::builder,
          InvokeModelWithResponseStreamRequest::builder);

  private ModelFields() {}

  /**
   * A field and the class that declares it.
   *
   * @param builder makes a builder of that class
   */
  record Member(Supplier<SdkPojo> builder, SdkField<?> field) {
    Class<?> owner() {
      return build(builder.get()).getClass();
    }

    @Override
    public String toString() {
      return owner().getSimpleName() + "." + field.memberName();
    }
  }

  /** The way from a request to a field; the fields between them hold objects, directly or not. */
  record Path(List<Member> members) {
    Member last() {
      return members.get(members.size() - 1);
    }

    /** Returns the request with this field set, or left absent for null, and nothing else. */
    SdkPojo with(@Nullable Object value) {
      return with(value, false);
    }

    /**
     * Returns the same request where each object that holds a field that is left out of keys holds
     * some other field as well.
     */
    SdkPojo accompanied(@Nullable Object value) {
      return with(value, true);
    }

    private SdkPojo with(@Nullable Object value, boolean accompanied) {
      SdkPojo object = object(last(), value, accompanied);
      for (int i = members.size() - 2; i >= 0; i--) {
        Member member = members.get(i);
        object = object(member, contained(member.field(), object), accompanied);
      }
      return object;
    }

    private static SdkPojo object(Member member, @Nullable Object value, boolean accompanied) {
      SdkPojo builder = member.builder().get();
      if (accompanied && isLeftOut(member)) {
        SdkField<?> other =
            builder.sdkFields().stream()
                .filter(f -> !f.memberName().equals(member.field().memberName()))
                .findFirst()
                .orElseThrow();
        other.set(builder, values(other).get(1));
      }
      if (value != null) {
        member.field().set(builder, value);
      }
      return build(builder);
    }

    @Override
    public String toString() {
      return members.stream().map(Member::toString).collect(Collectors.joining(" > "));
    }
  }

  static boolean isLeftOut(Member member) {
    return member.field().memberName().equals(FieldPlan.LEFT_OUT.get(member.owner()));
  }

  /** Returns the ways to every field; a class is not entered again below itself. */
  static List<Path> paths() {
    List<Path> paths = new ArrayList<>();
    REQUESTS.forEach(request -> collect(request, List.of(), new HashSet<>(), paths));
    return paths;
  }

  private static void collect(
      Supplier<SdkPojo> builder, List<Member> above, Set<Class<?>> entered, List<Path> paths) {
    Class<?> type = builder.get().getClass();
    if (!entered.add(type)) {
      return;
    }
    for (SdkField<?> field : builder.get().sdkFields()) {
      List<Member> members = new ArrayList<>(above);
      members.add(new Member(builder, field));
      paths.add(new Path(List.copyOf(members)));
      SdkField<?> innermost = innermost(field);
      if (innermost.constructor() != null) {
        collect(innermost.constructor(), members, entered, paths);
      }
    }
    entered.remove(type);
  }

  /** Returns values for a field, each different from the others; empty ones come last. */
  static List<Object> values(SdkField<?> field) {
    return switch (field.marshallingType().getKnownType()) {
      case STRING -> List.of("a", "b", "", "?", "\ud800", "\udc00");
      case INTEGER -> List.of(1, 2, 0, -1);
      case FLOAT -> List.of(0.5f, 0.25f, 0f, -0f);
      case BOOLEAN -> List.of(true, false);
      case SDK_BYTES ->
          List.of(SdkBytes.fromUtf8String("a"), SdkBytes.fromUtf8String("b"), empty());
      case DOCUMENT -> documents();
      case SDK_POJO -> {
        List<Object> values = new ArrayList<>();
        List<SdkField<?>> inner = field.constructor().get().sdkFields();
        if (!inner.isEmpty()) {
          for (Object value : values(inner.get(0)).stream().limit(2).toList()) {
            SdkPojo builder = field.constructor().get();
            inner.get(0).set(builder, value);
            values.add(build(builder));
          }
        }
        values.add(build(field.constructor().get()));
        yield values;
      }
      case LIST -> {
        List<Object> elements = values(element(field));
        Object one = elements.get(0);
        Object other = elements.get(elements.size() - 1);
        yield List.of(
            List.of(one), List.of(other), List.of(one, other), List.of(other, one), List.of());
      }
      case MAP -> {
        List<Object> elements = values(element(field));
        Object one = elements.get(0);
        Object other = elements.get(elements.size() - 1);
        yield List.of(
            Map.of("k", one),
            Map.of("k", other),
            Map.of("l", one),
            Map.of("k", one, "l", other),
            Map.of());
      }
      default ->
          throw new AssertionError(
              "The model has a type that no test mutates: " + field.memberName());
    };
  }

  private static SdkBytes empty() {
    return SdkBytes.fromByteArray(new byte[0]);
  }

  private static List<Object> documents() {
    Document one = Document.fromNumber(1);
    Document text = Document.fromString("1");
    return List.of(
        one,
        text,
        Document.fromNumber("1.0"),
        Document.fromNumber("1e0"),
        Document.fromNumber("1000"),
        Document.fromNumber("1e3"),
        Document.fromString(""),
        Document.fromString("null"),
        Document.fromNull(),
        Document.fromBoolean(true),
        Document.fromBoolean(false),
        Document.fromList(List.of()),
        Document.fromList(List.of(one, text)),
        Document.fromList(List.of(text, one)),
        Document.fromList(List.of(Document.fromList(List.of(one)), text)),
        Document.fromMap(Map.of()),
        Document.fromMap(Map.of("a", one)),
        Document.fromMap(Map.of("b", one)),
        Document.fromMap(Map.of("a", Document.fromNull())));
  }

  private static SdkPojo build(SdkPojo builder) {
    return (SdkPojo) ((Buildable) builder).build();
  }

  private static Object contained(SdkField<?> field, Object object) {
    return switch (field.marshallingType().getKnownType()) {
      case LIST -> List.of(contained(element(field), object));
      case MAP -> Map.of("k", contained(element(field), object));
      default -> object;
    };
  }

  private static SdkField<?> innermost(SdkField<?> field) {
    return switch (field.marshallingType().getKnownType()) {
      case LIST, MAP -> innermost(element(field));
      default -> field;
    };
  }

  private static SdkField<?> element(SdkField<?> field) {
    ListTrait list = field.getTrait(ListTrait.class);
    return list != null
        ? list.memberFieldInfo()
        : field.getRequiredTrait(MapTrait.class).valueFieldInfo();
  }
}
