package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.internal.wire.CanonicalJson;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkNumber;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.document.VoidDocumentVisitor;
import software.amazon.awssdk.core.protocol.MarshallingKnownType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;

/**
 * Writes a request's fields into a key, and detects whether it refers to something whose content
 * can change under the same name.
 */
final class RequestWriter implements VoidDocumentVisitor {

  private final KeyWriter out;
  private int depth;
  private boolean volatileReference;

  RequestWriter(KeyWriter out) {
    this.out = out;
  }

  boolean volatileReference() {
    return volatileReference;
  }

  /**
   * Writes an object of the SDK's model.
   *
   * @throws IllegalArgumentException if the object nests deeper than 1,000 levels
   */
  void object(SdkPojo pojo) {
    object(pojo, FieldPlan.of(pojo));
  }

  private void object(SdkPojo pojo, FieldPlan plan) {
    volatileReference |= plan.volatileReference();
    begin(KeyWriter.OBJECT);
    for (FieldPlan.Field field : plan.fields()) {
      Object value = field.field().getValueOrDefault(pojo);
      if (FieldPlan.isPresent(value)) {
        out.raw(field.name());
        if (field.json()) {
          json(CanonicalJson.of(((SdkBytes) value).asByteArrayUnsafe()));
        } else {
          value(field.field(), value);
        }
      }
    }
    end();
  }

  /** Writes a field's value. */
  void value(SdkField<?> type, @Nullable Object value) {
    if (value == null) {
      out.tag(KeyWriter.NULL);
      return;
    }
    MarshallingKnownType known = type.marshallingType().getKnownType();
    switch (known) {
      case STRING -> out.string((String) value);
      case SDK_POJO -> object((SdkPojo) value);
      case LIST -> list(type.getTrait(ListTrait.class).memberFieldInfo(), (List<?>) value);
      case MAP ->
          map((Map<?, ?>) value, v -> value(type.getTrait(MapTrait.class).valueFieldInfo(), v));
      case SDK_BYTES -> bytes((SdkBytes) value);
      case DOCUMENT -> document((Document) value);
      case BOOLEAN -> out.bool((Boolean) value);
      case INTEGER -> out.int32(KeyWriter.INTEGER, (Integer) value);
      case LONG -> out.int64(KeyWriter.LONG, (Long) value);
      case FLOAT -> out.int32(KeyWriter.FLOAT, Float.floatToRawIntBits((Float) value));
      case DOUBLE -> out.int64(KeyWriter.DOUBLE, Double.doubleToRawLongBits((Double) value));
      case SHORT -> out.int32(KeyWriter.SHORT, (Short) value);
      case BYTE -> out.int32(KeyWriter.BYTE, (Byte) value);
      case BIG_DECIMAL -> {
        out.tag(KeyWriter.NUMBER);
        out.string(((BigDecimal) value).toString());
      }
      case INSTANT -> {
        Instant instant = (Instant) value;
        out.int64(KeyWriter.INSTANT, instant.getEpochSecond());
        out.int32(KeyWriter.INTEGER, instant.getNano());
      }
      default -> throw new IllegalArgumentException("Field type cannot be part of a key: " + known);
    }
  }

  private void list(SdkField<?> elementType, List<?> list) {
    begin(KeyWriter.LIST);
    for (Object element : list) {
      if (element instanceof SdkPojo pojo) {
        FieldPlan plan = FieldPlan.of(pojo);
        if (!plan.onlyLeftOut(pojo)) {
          object(pojo, plan);
        }
      } else {
        value(elementType, element);
      }
    }
    end();
  }

  private <V> void map(Map<?, V> map, Consumer<V> values) {
    begin(KeyWriter.MAP);
    sorted(map)
        .forEach(
            (name, value) -> {
              out.string(name);
              values.accept(value);
            });
    end();
  }

  /** Returns a map's members in the order in which they are written. */
  static <V> Map<@Nullable String, V> sorted(Map<?, V> map) {
    Map<@Nullable String, V> sorted =
        new TreeMap<>(Comparator.nullsFirst(Comparator.naturalOrder()));
    map.forEach((name, value) -> sorted.put((String) name, value));
    return sorted;
  }

  private void bytes(SdkBytes value) {
    byte[] bytes = value.asByteArrayUnsafe();
    out.bytes(KeyWriter.BYTES, bytes, bytes.length);
  }

  /** Writes a body that is normally JSON. */
  void json(CanonicalJson json) {
    volatileReference |= json.volatileReference();
    out.bytes(
        json.canonical() ? KeyWriter.CANONICAL_JSON : KeyWriter.BYTES,
        json.buffer(),
        json.length());
  }

  /** Writes a document. */
  void document(@Nullable Document document) {
    if (document == null) {
      out.tag(KeyWriter.NULL);
    } else {
      document.accept(this);
    }
  }

  @Override
  public void visitNull() {
    out.tag(KeyWriter.DOCUMENT_NULL);
  }

  @Override
  public void visitBoolean(Boolean value) {
    out.bool(value);
  }

  @Override
  public void visitString(String value) {
    volatileReference |= CanonicalJson.isVolatileValue(value);
    out.string(value);
  }

  /** Writes the number's text, because that is what is sent: 1 is not 1.0. */
  @Override
  public void visitNumber(SdkNumber value) {
    out.tag(KeyWriter.NUMBER);
    out.string(value.stringValue());
  }

  @Override
  public void visitMap(Map<String, Document> value) {
    volatileReference |= value.keySet().stream().anyMatch(CanonicalJson::isVolatileName);
    map(value, this::document);
  }

  @Override
  public void visitList(List<Document> value) {
    begin(KeyWriter.LIST);
    value.forEach(this::document);
    end();
  }

  private void begin(byte tag) {
    if (++depth > SdkJson.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "The request nests deeper than " + SdkJson.MAX_DEPTH + " levels: it has no key");
    }
    out.tag(tag);
  }

  private void end() {
    out.tag(KeyWriter.END);
    depth--;
  }
}
