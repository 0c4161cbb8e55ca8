package com.gymcoach.bedrock.examples.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Mooncake's JSON lines. A prompt is its blocks: two calls are repeats if all blocks and the length
 * are equal. Unused members are skipped.
 */
record Mooncake(int users) implements TraceFormat {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  @Override
  public Ask ask(String line) throws BadLineException {
    Map<String, String> numbers = new HashMap<>();
    List<Long> blocks = new ArrayList<>();
    try (JsonParser in = JSON.createParser(line)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new BadLineException("it is not a JSON object");
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        JsonToken value = in.nextToken();
        if (name.equals("hash_ids")) {
          readBlocks(in, blocks);
        } else if (value.isNumeric()) {
          numbers.put(name, in.getText());
        } else {
          in.skipChildren();
        }
      }
      if (in.nextToken() != null) {
        throw new BadLineException("there is more after its JSON object");
      }
    } catch (IOException e) { // its message would quote the line
      throw new BadLineException("it is not JSON" + place(e));
    }
    long millis = Fields.millis("timestamp", numbers.get("timestamp"));
    int input = Fields.inputTokens("input_length", numbers.get("input_length"));
    int output = Fields.outputTokens("output_length", numbers.get("output_length"));
    if (blocks.isEmpty()) {
      throw new BadLineException("hash_ids is missing or empty: no prompt is told from another");
    }
    String user = "user-" + (blocks.size() > 1 ? blocks.get(1) : 0) % users;
    String prompt = blocks.stream().map(String::valueOf).collect(Collectors.joining(" "));
    return new Ask(millis, user, "chat", prompt + " :" + input, input, output);
  }

  private static void readBlocks(JsonParser in, List<Long> blocks)
      throws IOException, BadLineException {
    boolean good = in.currentToken() == JsonToken.START_ARRAY;
    while (good && in.nextToken() != JsonToken.END_ARRAY) {
      good =
          in.currentToken() == JsonToken.VALUE_NUMBER_INT
              && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER
              && in.getLongValue() >= 0;
      blocks.add(good ? in.getLongValue() : 0);
    }
    if (!good) {
      throw new BadLineException("hash_ids is not a list of whole numbers");
    }
  }

  private static String place(IOException e) {
    return e instanceof JsonProcessingException json && json.getLocation() != null
        ? ", at character " + json.getLocation().getColumnNr()
        : "";
  }

  @Override
  public boolean isHeadless() {
    return true;
  }

  @Override
  public String repeats() {
    return "the trace's own: a prompt is its hashed blocks and its length; a user is whoever begins"
        + " with the same second block, dealt among "
        + users;
  }
}
