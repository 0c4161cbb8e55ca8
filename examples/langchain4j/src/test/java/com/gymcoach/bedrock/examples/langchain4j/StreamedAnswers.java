package com.gymcoach.bedrock.examples.langchain4j;

import com.gymcoach.bedrock.testkit.EventFrames;

/** Answers of ConverseStream for the tests of all models. Each has the number of its call. */
final class StreamedAnswers {
  private StreamedAnswers() {}

  /** Returns a text in two parts, with this metadata at its end. */
  static byte[] text(int call, String metadata) {
    return new EventFrames()
        .event("messageStart", "{\"role\":\"assistant\"}")
        .event("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"Answer \"}}")
        .event(
            "contentBlockDelta",
            "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"%d\"}}".formatted(call))
        .event("contentBlockStop", "{\"contentBlockIndex\":0}")
        .event("messageStop", "{\"stopReason\":\"end_turn\"}")
        .event("metadata", metadata)
        .toBytes();
  }

  /**
   * Returns a request for the tool, with this metadata at its end.
   *
   * @param input the tool's input, as JSON within a JSON string
   */
  static byte[] tool(int call, String input, String metadata) {
    return new EventFrames()
        .event("messageStart", "{\"role\":\"assistant\"}")
        .event(
            "contentBlockStart",
            ("{\"contentBlockIndex\":0,\"start\":{\"toolUse\":"
                    + "{\"toolUseId\":\"tooluse_%d\",\"name\":\"lastWeight\"}}}")
                .formatted(call))
        .event(
            "contentBlockDelta",
            "{\"contentBlockIndex\":0,\"delta\":{\"toolUse\":{\"input\":\"" + input + "\"}}}")
        .event("contentBlockStop", "{\"contentBlockIndex\":0}")
        .event("messageStop", "{\"stopReason\":\"tool_use\"}")
        .event("metadata", metadata)
        .toBytes();
  }
}
