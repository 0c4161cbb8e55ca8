package com.gymcoach.bedrock.examples.replay.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalRequestTest {

  private static String of(String body, boolean converse) {
    CanonicalRequest request = CanonicalRequest.of(body.getBytes(UTF_8), converse);
    return new String(request.bytes(), 0, request.length(), UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"b\": 1, \"a\": [ ]}|{\"a\":[],\"b\":1}",
        "{\"a\":1,\"requestMetadata\":{\"u\":\"}\\\"\"}}|{\"a\":1}",
        "{\"requestMetadata\":{\"u\":\"1\"},\"z\":2}|{\"z\":2}",
        "{\"requestMetadata\":{}}|{}",
        "{\"a\":{\"requestMetadata\":1}}|{\"a\":{\"requestMetadata\":1}}",
        "{\"a\":\"requestMetadata\",\"b\":2}|{\"a\":\"requestMetadata\",\"b\":2}",
        "{\"s\":[{\"text\":\"x\"},{\"cachePoint\":{\"type\":\"default\"}}]}"
            + "|{\"s\":[{\"text\":\"x\"}]}",
        "{\"s\":[{\"cachePoint\":{}},{\"text\":\"x\"}]}|{\"s\":[{\"text\":\"x\"}]}",
        "{\"s\":[1,{\"cachePoint\":{}},{\"cachePoint\":{\"ttl\":\"1h\"}},2]}|{\"s\":[1,2]}",
        "{\"s\":[{\"cachePoint\":{}}]}|{\"s\":[]}",
        "{\"s\":[{\"cachePoint\":{},\"z\":1}]}|{\"s\":[{\"cachePoint\":{},\"z\":1}]}",
        "{\"s\":{\"cachePoint\":{}}}|{\"s\":{\"cachePoint\":{}}}",
        "{\"s\":[\"[{\\\"cachePoint\\\":{}}\"]}|{\"s\":[\"[{\\\"cachePoint\\\":{}}\"]}",
        "[{\"cachePoint\":{}}]|[]",
        "{\"a\":[{\"cachePoint\":{}}],\"requestMetadata\":{},\"z\":1}|{\"a\":[],\"z\":1}",
        "{\"s\":[[{\"cachePoint\":{}}],{\"k\":{\"requestMetadata\":[]}}]}"
            + "|{\"s\":[[],{\"k\":{\"requestMetadata\":[]}}]}"
      })
  void of_aConverseBody_leavesOutWhatCannotChangeAnAnswer(String body, String expected) {
    assertThat(of(body, true)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"z\":1,\"requestMetadata\":2}|{\"requestMetadata\":2,\"z\":1}",
        "[{\"cachePoint\":{}}]|[{\"cachePoint\":{}}]",
        "{\"a\":1, \"a\":2}|{\"a\":1, \"a\":2}"
      })
  void of_aModelsOwnBody_leavesOutNothing(String body, String expected) {
    assertThat(of(body, false)).isEqualTo(expected);
  }
}
