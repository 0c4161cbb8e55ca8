package com.gymcoach.bedrock.cache.internal.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import software.amazon.awssdk.core.SdkPojo;

/**
 * Bedrock's own JSON, from and to the SDK's objects: the members that travel in a body, under their
 * wire names. Thread-safe.
 */
public final class SdkJson {
  private static final int DEEPEST = 1000;
  private static final int MAX_STRING = 20_000_000;
  private static final int MAX_DOCUMENT = 64 << 20;

  /**
   * Messages of a parser may quote what it reads: no source in them. Only limits that Jackson 2.15
   * has are set here; {@link #parser} sees to the others.
   */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxStringLength(MAX_STRING)
                  .build())
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private SdkJson() {}

  /**
   * Returns a parser of a body that fails where the body is too deep, too long or has too many
   * tokens.
   *
   * @throws IOException if the body is longer than any answer
   */
  static JsonParser parser(byte[] json) throws IOException {
    if (json.length > MAX_DOCUMENT) {
      throw new IOException("Body is longer than " + MAX_DOCUMENT + " bytes");
    }
    return new BoundedParser(FACTORY.createParser(json));
  }

  /** Returns the body that holds an object. */
  public static byte[] write(SdkPojo pojo) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    write(pojo, out);
    return out.toByteArray();
  }

  /** Writes the body that holds an object to a stream, which stays open. */
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
   * passed over.
   *
   * @throws IOException if the body is not one complete JSON object whose members have the types
   *     that the class says
   */
  public static void read(byte[] json, SdkPojo builder) throws IOException {
    try (JsonParser parser = parser(json)) {
      SdkJsonReader reader = new SdkJsonReader(parser);
      reader.document(builder);
    } catch (RuntimeException malformed) {
      throw new IOException("Body does not fit the operation's shape", malformed);
    }
  }
}
