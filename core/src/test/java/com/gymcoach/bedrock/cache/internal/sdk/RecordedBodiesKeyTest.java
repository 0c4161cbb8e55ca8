package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.gymcoach.bedrock.cache.internal.wire.RandomJson;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bodies that real clients sent, where recordings of them lie on this machine. */
class RecordedBodiesKeyTest {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  @Test
  void key_ofRecordedBody_doesNotDependOnTheOrderOfItsMembers() throws IOException {
    Path recordings =
        Path.of(System.getProperty("bedrock.cache.shared", ""), "recordings/bedrock-open.jsonl");
    assumeTrue(Files.exists(recordings), "There are no recordings of real traffic here");

    Random random = new Random(1);
    int bodies = 0;
    for (String line : Files.readAllLines(recordings)) {
      Map<?, ?> recording = (Map<?, ?>) parse(line);
      if (String.valueOf(recording.get("operation")).startsWith("\"InvokeModel")
          && recording.get("requestBody") instanceof Map<?, ?> body) {
        Digest key = Keys.digest(Keys.invoke(RandomJson.shuffled(body, random)));
        for (int i = 0; i < 5; i++) {
          assertThat(Keys.digest(Keys.invoke(RandomJson.shuffled(body, random)))).isEqualTo(key);
        }
        bodies++;
      }
    }
    assertThat(bodies).isGreaterThan(100);
  }

  /** Returns the text as {@link RandomJson} has it: maps, lists, and all else as it is written. */
  private static Object parse(String text) throws IOException {
    try (JsonParser parser = JSON.createParser(text)) {
      parser.nextToken();
      return value(parser);
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name =
              new String(JsonStringEncoder.getInstance().quoteAsString(parser.currentName()));
          parser.nextToken();
          object.put(name, value(parser));
        }
        return object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        return array;
      }
      case VALUE_STRING -> {
        return '"'
            + new String(JsonStringEncoder.getInstance().quoteAsString(parser.getText()))
            + '"';
      }
      default -> {
        return parser.getText();
      }
    }
  }
}
