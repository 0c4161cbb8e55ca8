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
  private static final int LONGEST_STRING = 20_000_000;
  private static final long LONGEST_DOCUMENT = 64L << 20;

  /** Far more than any answer has; each may become an object, however few bytes it came in. */
  private static final long MOST_TOKENS = 1_000_000;

  /** Messages of a parser may quote what it reads: no source in them. */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxStringLength(LONGEST_STRING)
                  .maxDocumentLength(LONGEST_DOCUMENT)
                  .maxTokenCount(MOST_TOKENS)
                  .build())
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private SdkJson() {}

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
    try (JsonParser parser = FACTORY.createParser(json)) {
      SdkJsonReader reader = new SdkJsonReader(parser);
      reader.document(builder);
    } catch (RuntimeException malformed) {
      throw new IOException("Body does not fit the operation's shape");
    }
  }
}
