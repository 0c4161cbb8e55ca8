package com.gymcoach.bedrock.cloudwatch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A line in CloudWatch's Embedded Metric Format. Metrics, grouped by their dimensions, and fields
 * for queries are all at the root of the JSON. Used by one thread.
 */
final class EmfLine {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final String namespace;
  private final long epochMillis;
  private final Map<String, String> dimensions = new LinkedHashMap<>();
  private final Map<List<List<String>>, List<Metrics>> directives = new LinkedHashMap<>();
  private final Map<Metrics, Number> values = new LinkedHashMap<>();
  private final Map<String, Object> fields = new LinkedHashMap<>();

  EmfLine(String namespace, long epochMillis) {
    this.namespace = namespace;
    this.epochMillis = epochMillis;
  }

  EmfLine dimension(String name, String value) {
    dimensions.put(name, value);
    return this;
  }

  /**
   * Adds a metric under each of the dimension sets. The dimensions' values are those of the line.
   */
  EmfLine metric(Metrics metric, Number value, List<List<String>> sets) {
    if (Double.isFinite(value.doubleValue())) { // CloudWatch accepts no others
      values.put(metric, value);
      directives.computeIfAbsent(sets, absent -> new ArrayList<>()).add(metric);
    }
    return this;
  }

  /** Adds a field that is not a metric: a text, a number or a boolean. */
  EmfLine field(String name, Object value) {
    if (!(value instanceof Double number) || Double.isFinite(number)) { // JSON has no others
      fields.put(name, value);
    }
    return this;
  }

  /** Returns the JSON, in ASCII and without a line break. */
  String json() {
    StringWriter text = new StringWriter(1_536);
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      writeMetadata(out);
      for (Map.Entry<String, String> dimension : dimensions.entrySet()) {
        out.writeStringField(dimension.getKey(), dimension.getValue());
      }
      for (Map.Entry<Metrics, Number> value : values.entrySet()) {
        out.writeFieldName(value.getKey().metric());
        writeValue(out, value.getValue());
      }
      for (Map.Entry<String, Object> field : fields.entrySet()) {
        out.writeFieldName(field.getKey());
        writeValue(out, field.getValue());
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter never throws
    }
    return text.toString();
  }

  private void writeMetadata(JsonGenerator out) throws IOException {
    out.writeObjectFieldStart("_aws");
    out.writeNumberField("Timestamp", epochMillis);
    out.writeArrayFieldStart("CloudWatchMetrics");
    for (Map.Entry<List<List<String>>, List<Metrics>> directive : directives.entrySet()) {
      out.writeStartObject();
      out.writeStringField("Namespace", namespace);
      out.writeArrayFieldStart("Dimensions");
      for (List<String> set : directive.getKey()) {
        out.writeArray(set.toArray(String[]::new), 0, set.size());
      }
      out.writeEndArray();
      out.writeArrayFieldStart("Metrics");
      for (Metrics metric : directive.getValue()) {
        out.writeStartObject();
        out.writeStringField("Name", metric.metric());
        out.writeStringField("Unit", metric.unit());
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void writeValue(JsonGenerator out, Object value) throws IOException {
    if (value instanceof Boolean flag) {
      out.writeBoolean(flag);
    } else if (value instanceof Double number) {
      out.writeNumber(number);
    } else if (value instanceof Number number) {
      out.writeNumber(number.longValue());
    } else {
      out.writeString(value.toString());
    }
  }
}
