package com.gymcoach.bedrock.cache.internal.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;

/** Writes an SDK object as the service would write it. */
final class SdkJsonWriter implements AutoCloseable {
  private final JsonGenerator out;

  SdkJsonWriter(JsonGenerator out) {
    this.out = out;
  }

  void object(SdkPojo pojo) throws IOException {
    out.writeStartObject();
    for (SdkField<?> field : pojo.sdkFields()) {
      Object value = field.getValueOrDefault(pojo);
      if (field.location() == MarshallLocation.PAYLOAD && present(value)) {
        out.writeFieldName(field.locationName());
        value(value);
      }
    }
    out.writeEndObject();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private static boolean present(Object value) {
    return value != null
        && !(value instanceof SdkAutoConstructList)
        && !(value instanceof SdkAutoConstructMap);
  }

  private void value(Object value) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof String text) {
      out.writeString(text);
    } else if (value instanceof SdkPojo pojo) {
      object(pojo);
    } else if (value instanceof List<?> list) {
      out.writeStartArray();
      for (Object element : list) {
        value(element);
      }
      out.writeEndArray();
    } else if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeFieldName((String) entry.getKey());
        value(entry.getValue());
      }
      out.writeEndObject();
    } else if (value instanceof Document document) {
      document(document);
    } else {
      scalar(value);
    }
  }

  private void scalar(Object value) throws IOException {
    if (value instanceof Integer number) {
      out.writeNumber(number);
    } else if (value instanceof Long number) {
      out.writeNumber(number);
    } else if (value instanceof Double number) {
      out.writeNumber(number);
    } else if (value instanceof Float number) {
      out.writeNumber(number);
    } else if (value instanceof Boolean truth) {
      out.writeBoolean(truth);
    } else if (value instanceof SdkBytes bytes) {
      out.writeBinary(bytes.asByteArrayUnsafe());
    } else {
      throw new IOException("Member type is not supported");
    }
  }

  void document(Document document) throws IOException {
    if (document.isNull()) {
      out.writeNull();
    } else if (document.isString()) {
      out.writeString(document.asString());
    } else if (document.isBoolean()) {
      out.writeBoolean(document.asBoolean());
    } else if (document.isNumber()) {
      out.writeNumber(document.asNumber().stringValue()); // the text: 1 is not 1.0
    } else if (document.isList()) {
      value(document.asList());
    } else {
      value(document.asMap());
    }
  }
}
