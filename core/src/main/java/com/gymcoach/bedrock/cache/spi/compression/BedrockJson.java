package com.gymcoach.bedrock.cache.spi.compression;

/** The JSON that Bedrock's operations and models put around the text of an answer. */
final class BedrockJson {
  /**
   * Answers as they appear on the wire and in an entry, without the parts that differ between
   * answers; the most frequent come last. The built-in dictionary ends with this text, so change it
   * only together with that dictionary's number.
   */
  static final String TEMPLATE =
      "{\"results\":[{\"outputText\":\"\",\"completionReason\":\"FINISH\"}],\"inputTextTokenCount\":"
          + "{\"generation\":\"\",\"prompt_token_count\":,\"generation_token_count\":,"
          + "\"stop_reason\":\"stop\"}"
          + "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\","
          + "\"text\":\"\"}}\n"
          + "{\"contentBlockDelta\":{\"delta\":{\"text\":\"\"},\"contentBlockIndex\":0}}\n"
          + "{\"contentBlockStop\":{\"contentBlockIndex\":0}}\n"
          + "{\"messageStop\":{\"stopReason\":\"end_turn\"}}\n"
          + "{\"metadata\":{\"usage\":{\"inputTokens\":,\"outputTokens\":,\"totalTokens\":},"
          + "\"metrics\":{\"latencyMs\":}}}\n{\"messageStart\":{\"role\":\"assistant\"}}\n"
          + "{\"id\":\"msg_bdrk_\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-\","
          + "\"content\":[{\"type\":\"text\",\"text\":\"\"}],\"stop_reason\":\"end_turn\","
          + "\"stop_sequence\":null,\"usage\":{\"input_tokens\":,\"output_tokens\":,"
          + "\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0}}"
          + "x-amzn-bedrock-invocation-latencyx-amzn-bedrock-output-token-count"
          + "x-amzn-bedrock-input-token-countcontent-typeapplication/jsonx-amzn-requestid"
          + "{\"metrics\":{\"latencyMs\":},\"output\":{\"message\":{\"content\":[{\"text\":\"\"}],"
          + "\"role\":\"assistant\"}},\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":,"
          + "\"outputTokens\":,\"totalTokens\":}}";

  private BedrockJson() {}
}
