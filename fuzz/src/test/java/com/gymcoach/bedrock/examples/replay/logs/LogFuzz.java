package com.gymcoach.bedrock.examples.replay.logs;

import static com.gymcoach.bedrock.fuzz.Checks.require;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Checks;
import com.gymcoach.bedrock.fuzz.Target;
import com.gymcoach.bedrock.fuzz.TemporaryFile;
import com.gymcoach.bedrock.warmup.internal.JsonLines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Invocation logs, compressed or not: each line is a record, or refused with a message that quotes
 * nothing of it. A record's bodies are those that another parser finds in the line. A request's
 * canonical form means the same as the request without metadata and cache points.
 */
public final class LogFuzz implements Target {
  /** Compressed data expands, and every line has buffers of its own reader. */
  private static final int PER_BYTE = 16 * 1_024;

  private static final int BASE = 1 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final TemporaryFile file = new TemporaryFile();
  private final Checks.Messages messages = new Checks.Messages();
  private final RecordReader reader =
      new RecordReader("endpoint", "user", Instant.parse("2030-01-01T00:00:00Z"));

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (byte[] text :
        Checks.texts(
            "{\"schemaType\":\"ModelInvocationLog\",\"schemaVersion\":\"1.0\","
                + "\"timestamp\":\"2026-10-07T10:00:00Z\",\"region\":\"us-east-1\",\"requestId\":\"r\","
                + "\"operation\":\"Converse\",\"modelId\":\"m\",\"identity\":{\"arn\":\"arn:x\"},"
                + "\"requestMetadata\":{\"endpoint\":\"chat\",\"user\":\"u\"},\"input\":"
                + "{\"inputBodyJson\":{\"messages\":[{\"content\":[{\"text\":\"Hi\"},{\"cachePoint\":"
                + "{\"type\":\"default\"}},{\"cachePoint\":{},\"text\":\"x\"}]}],\"requestMetadata\":{\"a\":\"b\"}},\"inputTokenCount\":10},"
                + "\"output\":{\"outputBodyJson\":{\"a\":1.50},\"outputTokenCount\":5}}",
            "{\"schemaType\":\"ModelInvocationLog\",\"timestamp\":\"2026-10-07T10:00:00+02:00\","
                + "\"operation\":\"InvokeModel\",\"modelId\":\"m\",\"errorCode\":\"ThrottlingException\","
                + "\"input\":{\"inputBodyJson\":7}}\n\n{\"schemaType\":\"ModelInvocationLog\"}\r\n")) {
      seeds.add(text);
      seeds.add(zipped(text));
    }
    return seeds;
  }

  private static byte[] zipped(byte[] text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text);
    } catch (IOException impossible) { // to memory
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  @Override
  public boolean accepts(byte[] input) throws IOException {
    file.write(input);
    boolean accepted = false;
    for (byte[] line : Bounds.within(input, PER_BYTE, BASE, this::lines)) {
      accepted |= read(line);
    }
    return accepted;
  }

  /** Returns the lines of the file, up to the place from which on it cannot be read. */
  private List<byte[]> lines() {
    List<byte[]> lines = new ArrayList<>();
    try (JsonLines in = new JsonLines(file.path(), RecordReader.MAX_BYTES, bytes -> {})) {
      while (in.next()) {
        require(in.isTooLong() || in.length() > 0, "An empty line");
        if (!in.isTooLong()) {
          lines.add(Arrays.copyOf(in.bytes(), in.length()));
        }
      }
      return lines;
    } catch (IOException refused) { // as documented: compressed data that is cut off or damaged
      return lines;
    }
  }

  private boolean read(byte[] line) throws IOException {
    LogRecord record;
    try {
      record = Bounds.within(line, 64, 64 * 1_024, () -> reader.read(line, line.length));
    } catch (BadRecordException refused) { // as documented
      messages.add(refused);
      return false;
    }
    JsonNode tree = tree(line);
    if (tree != null) { // otherwise it has a member twice, and the two parsers need not agree
      compare(tree.path("input").path("inputBodyJson"), record.input());
      compare(tree.path("output").path("outputBodyJson"), record.output());
    }
    if (record.input() != null) {
      canonical(record.input().copy());
    }
    return true;
  }

  private static void compare(JsonNode wanted, LogRecord.@Nullable Body body) {
    if (body == null) {
      require(wanted.isNull() || wanted.isMissingNode(), "A body is lost");
    } else {
      require(wanted.equals(tree(body.copy())), "A body is another one");
    }
  }

  private static void canonical(byte[] body) {
    CanonicalRequest form =
        Bounds.within(body, 128, 64 * 1_024, () -> CanonicalRequest.of(body, true));
    byte[] text = Arrays.copyOf(form.bytes(), form.length());
    JsonNode wanted = tree(body);
    if (wanted == null) {
      return; // kept as it is
    }
    require(shortened(wanted).equals(tree(text)), "The canonical request means something else");
    CanonicalRequest again = CanonicalRequest.of(text, true);
    require(
        Arrays.equals(text, Arrays.copyOf(again.bytes(), again.length())),
        "The canonical request has another form");
  }

  /** Returns a request without its metadata and cache points. */
  private static JsonNode shortened(JsonNode request) {
    if (request instanceof ObjectNode object) {
      object.remove("requestMetadata");
    }
    return withoutPoints(request);
  }

  private static JsonNode withoutPoints(JsonNode node) {
    if (node instanceof ArrayNode list) {
      ArrayNode rest = JSON.createArrayNode();
      for (JsonNode element : list) {
        if (!(element.isObject() && element.size() == 1 && element.has("cachePoint"))) {
          rest.add(withoutPoints(element));
        }
      }
      return rest;
    }
    if (node instanceof ObjectNode object) {
      ObjectNode rest = JSON.createObjectNode();
      object.properties().forEach(each -> rest.set(each.getKey(), withoutPoints(each.getValue())));
      return rest;
    }
    return node;
  }

  private static @Nullable JsonNode tree(byte[] json) {
    try {
      JsonNode tree = JSON.readTree(json);
      return tree.isMissingNode() ? null : tree;
    } catch (IOException | RuntimeException unreadable) { // such as an exponent that is too large
      return null;
    }
  }
}
