package com.gymcoach.bedrock.cache.internal.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.utils.builder.Buildable;

/** Builds an SDK object from the service's JSON, through the SDK's public interfaces. */
final class SdkJsonReader {
  private final JsonParser in;
  private final boolean ignoresUnknown;

  SdkJsonReader(JsonParser in) {
    this(in, true);
  }

  /**
   * Creates a reader.
   *
   * @param ignoresUnknown whether members that a class does not know are skipped, or an error
   */
  SdkJsonReader(JsonParser in, boolean ignoresUnknown) {
    this.in = in;
    this.ignoresUnknown = ignoresUnknown;
  }

  void document(SdkPojo builder) throws IOException {
    in.nextToken();
    object(builder);
    if (in.nextToken() != null) {
      throw new IOException("Body has content after its end");
    }
  }

  Document document() throws IOException {
    if (in.nextToken() == null) {
      throw new IOException("Text is empty");
    }
    Document document = documentHere();
    if (in.nextToken() != null) {
      throw new IOException("Text has content after its end");
    }
    return document;
  }

  private void object(SdkPojo builder) throws IOException {
    expect(JsonToken.START_OBJECT);
    Map<String, SdkField<?>> fields = fields(builder);
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      SdkField<?> field = fields.get(in.currentName());
      in.nextToken();
      if (field == null) {
        if (!ignoresUnknown) {
          throw new IOException("Body has a member that the class does not know");
        }
        in.skipChildren();
      } else {
        field.set(builder, value(field));
      }
    }
  }

  private static Map<String, SdkField<?>> fields(SdkPojo pojo) {
    Map<String, SdkField<?>> fields = new HashMap<>();
    for (SdkField<?> field : pojo.sdkFields()) {
      if (field.location() == MarshallLocation.PAYLOAD) {
        fields.put(field.locationName(), field);
      }
    }
    return fields;
  }

  private @Nullable Object value(SdkField<?> field) throws IOException {
    MarshallingType<?> type = field.marshallingType();
    if (type == MarshallingType.DOCUMENT) {
      return documentHere();
    }
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (type == MarshallingType.SDK_POJO) {
      SdkPojo builder = field.constructor().get();
      object(builder);
      return ((Buildable) builder).build();
    }
    if (type == MarshallingType.LIST) {
      return list(field.getTrait(ListTrait.class).memberFieldInfo());
    }
    if (type == MarshallingType.MAP) {
      return map(field.getTrait(MapTrait.class).valueFieldInfo());
    }
    return scalar(type);
  }

  private Object scalar(MarshallingType<?> type) throws IOException {
    if (type == MarshallingType.STRING) {
      expect(JsonToken.VALUE_STRING);
      return in.getText();
    }
    if (type == MarshallingType.INTEGER) {
      expect(JsonToken.VALUE_NUMBER_INT);
      return in.getIntValue();
    }
    if (type == MarshallingType.LONG) {
      expect(JsonToken.VALUE_NUMBER_INT);
      return in.getLongValue();
    }
    if (type == MarshallingType.DOUBLE) {
      return in.hasToken(JsonToken.VALUE_STRING) ? notFinite() : in.getDoubleValue();
    }
    if (type == MarshallingType.FLOAT) {
      return in.hasToken(JsonToken.VALUE_STRING)
          ? (float) notFinite()
          : Float.parseFloat(in.getText()); // not by way of a double, which may round twice
    }
    if (type == MarshallingType.BOOLEAN) {
      return in.getBooleanValue();
    }
    if (type == MarshallingType.SDK_BYTES) {
      return SdkBytes.fromByteArrayUnsafe(in.getBinaryValue());
    }
    throw new IOException("Member type is not supported");
  }

  /** Reads NaN and the infinities, which the AWS protocols write as strings. */
  private double notFinite() throws IOException {
    return switch (in.getText()) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw new IOException("Not a number");
    };
  }

  private List<@Nullable Object> list(SdkField<?> member) throws IOException {
    expect(JsonToken.START_ARRAY);
    List<@Nullable Object> list = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(member));
    }
    return list;
  }

  private Map<String, @Nullable Object> map(SdkField<?> member) throws IOException {
    expect(JsonToken.START_OBJECT);
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      map.put(name, value(member));
    }
    return map;
  }

  private Document documentHere() throws IOException {
    switch (in.currentToken()) {
      case VALUE_NULL -> {
        return Document.fromNull();
      }
      case VALUE_STRING -> {
        return Document.fromString(in.getText());
      }
      case VALUE_TRUE, VALUE_FALSE -> {
        return Document.fromBoolean(in.getBooleanValue());
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        return Document.fromNumber(in.getText()); // the text: 1 is not 1.0
      }
      case START_ARRAY -> {
        List<Document> list = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
          list.add(documentHere());
        }
        return Document.fromList(list);
      }
      case START_OBJECT -> {
        Map<String, Document> map = new LinkedHashMap<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
          String name = in.currentName();
          in.nextToken();
          map.put(name, documentHere());
        }
        return Document.fromMap(map);
      }
      default -> throw new IOException("Not a value");
    }
  }

  private void expect(JsonToken token) throws IOException {
    if (in.currentToken() != token) {
      throw new IOException("Body does not have the expected shape");
    }
  }
}
