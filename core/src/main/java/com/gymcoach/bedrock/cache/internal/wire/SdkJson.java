package com.gymcoach.bedrock.cache.internal.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;

/**
 * Converts between the SDK's objects and Bedrock's JSON: the members that are sent in a body, under
 * their wire names. Thread-safe.
 */
public final class SdkJson {
  /** The maximum nesting: far deeper than a service accepts, but within any stack. */
  public static final int MAX_DEPTH = 1000;

  private static final int MAX_STRING = 20_000_000;
  private static final int MAX_DOCUMENT = 64 << 20;

  /**
   * Excludes the source from a parser's messages, because they could quote an answer. Only limits
   * that Jackson 2.15 supports are set here; {@link #parser} enforces the others.
   */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_STRING)
                  .build())
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private SdkJson() {}

  /**
   * Returns a parser that fails if the body nests too deep, is too long or has too many tokens.
   *
   * @throws IOException if the body is longer than any answer
   */
  public static JsonParser parser(byte[] json) throws IOException {
    if (json.length > MAX_DOCUMENT) {
      throw new IOException("Body is longer than " + MAX_DOCUMENT + " bytes");
    }
    return new BoundedParser(FACTORY.createParser(json));
  }

  /** Returns a document as JSON text. */
  public static String write(Document document) throws IOException {
    StringWriter text = new StringWriter();
    try (SdkJsonWriter writer = new SdkJsonWriter(FACTORY.createGenerator(text))) {
      writer.document(document);
    }
    return text.toString();
  }

  /**
   * Returns the document that a JSON text describes, with the text of its numbers.
   *
   * @throws IOException if the text is not exactly one JSON value, or an object in it has a name
   *     twice
   */
  public static Document document(String json) throws IOException {
    if (json.length() > MAX_DOCUMENT) {
      throw new IOException("Text is longer than " + MAX_DOCUMENT + " characters");
    }
    try (JsonParser parser = new BoundedParser(FACTORY.createParser(json))) {
      parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      return new SdkJsonReader(parser).document();
    } catch (RuntimeException malformed) {
      throw new IOException("Text is not one JSON value", malformed);
    }
  }

  /** Returns an object as a JSON body. */
  public static byte[] write(SdkPojo pojo) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    write(pojo, out);
    return out.toByteArray();
  }

  /** Writes an object as a JSON body to a stream, which stays open. */
  public static void write(SdkPojo pojo, OutputStream out) throws IOException {
    JsonGenerator generator = FACTORY.createGenerator(out);
    generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    generator.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    try (SdkJsonWriter writer = new SdkJsonWriter(generator)) {
      writer.object(pojo);
    }
  }

  /**
   * Sets the members of a builder from a body. Members that the builder's class does not know are
   * ignored.
   *
   * @throws IOException if the body is not exactly one complete JSON object, or a member's type
   *     does not fit the class
   */
  public static void read(byte[] json, SdkPojo builder) throws IOException {
    try (JsonParser parser = parser(json)) {
      SdkJsonReader reader = new SdkJsonReader(parser);
      reader.document(builder);
    } catch (RuntimeException malformed) {
      throw new IOException("Body does not fit the operation's shape", malformed);
    }
  }

  /**
   * Sets the members of a builder from a body, as {@link #read} does, except that each member must
   * be one that the builder's class knows and may occur once.
   *
   * @throws IOException if the body is anything else; neither the message nor a cause quotes it
   */
  public static void readExactly(byte[] json, SdkPojo builder) throws IOException {
    try (JsonParser parser = parser(json)) {
      parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      new SdkJsonReader(parser, false).document(builder);
    } catch (IOException | RuntimeException malformed) { // whose message may quote the body
      throw new IOException("Body does not fit the operation's shape exactly");
    }
  }
}
