package com.gymcoach.bedrock.cache.internal.sdk;

import static com.gymcoach.bedrock.cache.CacheReason.CONTENT_FILTERED;
import static com.gymcoach.bedrock.cache.CacheReason.EMPTY_ANSWER;
import static com.gymcoach.bedrock.cache.CacheReason.INCOMPLETE_BODY;
import static com.gymcoach.bedrock.cache.CacheReason.TOOL_USE;
import static com.gymcoach.bedrock.cache.CacheReason.UNKNOWN_CONTENT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;

/**
 * Answers of Converse and its stream that ended by themselves, by what they hold. They are read
 * from Bedrock's JSON, as the SDK reads them: an unknown member leaves an empty object.
 */
class ConverseAnswersTest {
  private static final OptIns TOOLS = new OptIns(true, false, false);
  private static final String REASONING =
      "{'reasoningContent':{'reasoningText':{'text':'Easy.','signature':'c2ln'}}}";
  private static final String REDACTED = "{'reasoningContent':{'redactedContent':'c2VjcmV0'}}";
  private static final String TOOL =
      "{'toolUse':{'toolUseId':'t1','name':'log_set','input':{'reps':8}}}";
  private static final String CITED =
      "{'citationsContent':{'content':[{'text':'%s'}],'citations':[{'title':'Rest','location':"
          + "{'documentChar':{'documentIndex':0,'start':0,'end':4}},'sourceContent':[{'text':'Rest'}]}]}}";

  static Stream<Arguments> answers() {
    return Stream.of(
        arguments("{'text':'Rest.'}", null),
        arguments("{'text':''},{'text':'Rest.'}", null),
        arguments(REASONING + ",{'text':'Rest.'}", null),
        arguments("{'text':'<think>Easy.</think> Rest.'}", null),
        arguments(CITED.formatted("Rest."), null),
        arguments("{'image':{'format':'png','source':{'bytes':'aGVsbG8='}}}", null),
        arguments("{'image':{'format':'png','source':{'s3Location':{'uri':'s3://a/b'}}}}", null),
        arguments("{'audio':{'format':'mp3','source':{'bytes':'aGVsbG8='}}}", null),
        arguments("{'video':{'format':'mp4','source':{'bytes':'aGVsbG8='}}}", null),
        arguments("{'document':{'name':'a','source':{'text':'Rest.'}}}", null),
        arguments("{'document':{'name':'a','source':{'content':[{'text':'Rest.'}]}}}", null),
        arguments("{'toolResult':{'toolUseId':'t','content':[{'json':{'kg':80}}]}}", null),
        arguments("{'text':'Rest.'},{'citationsContent':{'content':[],'citations':[]}}", null),
        arguments("", EMPTY_ANSWER),
        arguments("{'text':''}", EMPTY_ANSWER),
        arguments(
            "{'text':' \\n\\t'},{'text':'\\u200b\\ufeff\\u00a0\\u3000\\u00ad'}", EMPTY_ANSWER),
        arguments("{'text':'<think>Easy.</think>\\n'}", EMPTY_ANSWER),
        arguments(REASONING, EMPTY_ANSWER),
        arguments(REDACTED + "," + REASONING + ",{'text':''}", EMPTY_ANSWER),
        arguments(CITED.formatted(""), EMPTY_ANSWER),
        arguments("{'citationsContent':{}}", EMPTY_ANSWER),
        arguments("{'image':{'format':'png','source':{'bytes':''}}}", EMPTY_ANSWER),
        arguments("{'image':{'format':'png'}}", EMPTY_ANSWER),
        arguments(
            "{'image':{'format':'png','source':{'bytes':'aGVsbG8='},'error':{'message':'no'}}}",
            EMPTY_ANSWER),
        arguments("{'audio':{'format':'mp3'}}", EMPTY_ANSWER),
        arguments("{'document':{'name':'a','source':{'text':' '}}}", EMPTY_ANSWER),
        arguments("{'toolResult':{'toolUseId':'t','content':[]}}", EMPTY_ANSWER),
        arguments("{'cachePoint':{'type':'default'}}", EMPTY_ANSWER),
        arguments(TOOL, TOOL_USE),
        arguments("{'text':'I note it.'}," + TOOL, TOOL_USE));
  }

  /** Each holds one member that no SDK knows yet; beside it stands a text. */
  static Stream<String> unknownContent() {
    return Stream.of(
        "{'hologram':{'frames':3}}",
        "{'reasoningContent':{'hologram':{}}}",
        "{'citationsContent':{'content':[{'text':'a'},{'hologram':{}}]}}",
        "{'citationsContent':{'content':[{'text':'a'}],'citations':[{'location':{'moon':{}}}]}}",
        "{'citationsContent':{'content':[{'text':'a'}],'citations':[{'sourceContent':[{'x':1}]}]}}",
        "{'toolResult':{'toolUseId':'t','content':[{'weird':1}]}}",
        "{'toolResult':{'toolUseId':'t','content':[{'image':{'format':'png','source':{'x':1}}}]}}",
        "{'image':{'format':'png','source':{'ftp':{'host':'h'}}}}",
        "{'image':{'format':'hologram','source':{'bytes':'aGVsbG8='}}}",
        "{'document':{'name':'a','source':{'ftp':{}}}}",
        "{'document':{'name':'a','format':'scroll','source':{'text':'a'}}}",
        "{'document':{'name':'a','source':{'content':[{'rune':1}]}}}",
        "{'audio':{'format':'mp3','source':{'ftp':{}}}}",
        "{'video':{'format':'reel','source':{'bytes':'aGVsbG8='}}}",
        "{'guardContent':{'hologram':{}}}",
        "{'guardContent':{'image':{'format':'png','source':{'ftp':{}}}}}");
  }

  @ParameterizedTest
  @MethodSource("answers")
  void admission_ofConverse_isByWhatTheAnswerHolds(String blocks, @Nullable CacheReason fate) {
    for (String ending : List.of("end_turn", "stop_sequence")) {
      assertThat(converse(blocks, ending, "", OptIns.NONE)).isEqualTo(fate);
      assertThat(converse(blocks, ending, "", TOOLS)).isEqualTo(fate == TOOL_USE ? null : fate);
    }
  }

  @ParameterizedTest
  @MethodSource("unknownContent")
  void admission_ofConverseWithUnknownContent_refusesAtAnyDepth(String block) {
    assertThat(converse("{'text':'Rest.'}," + block, "end_turn", "", OptIns.NONE))
        .isEqualTo(UNKNOWN_CONTENT);
    assertThat(converse(block + ",{'text':'Rest.'}", "end_turn", "", TOOLS))
        .isEqualTo(UNKNOWN_CONTENT);
  }

  @Test
  void admission_ofConverseWithUnknownFindingInItsTrace_refuses() {
    String trace =
        ",'trace':{'guardrail':{'inputAssessment':{'g':{'automatedReasoningPolicy':"
            + "{'findings':[%s]}}}}}";
    String known = trace.formatted("{'noTranslations':{}},{'tooComplex':{}}");
    assertThat(converse("{'text':'Rest.'}", "end_turn", known, OptIns.NONE)).isNull();
    assertThat(converse("{'text':'Rest.'}", "end_turn", trace.formatted("{'odd':1}"), OptIns.NONE))
        .isEqualTo(UNKNOWN_CONTENT);
  }

  @Test
  void admission_ofConverseThatTheModelRefused_isNamedSo() {
    assertThat(converse("{'text':'No.'}", "refusal", "", OptIns.NONE)).isEqualTo(CONTENT_FILTERED);
  }

  @Test
  void admission_ofConverseWithoutMessage_isIncomplete() {
    assertThat(admission("{'stopReason':'end_turn','usage':{}}", OptIns.NONE))
        .isEqualTo(INCOMPLETE_BODY);
  }

  static Stream<Arguments> streams() {
    return Stream.of(
        arguments(block("{'text':'Re'}", "{'text':'st.'}"), null),
        arguments(block("{'text':''}", "{'text':' '}") + block(1, "{'text':'Rest.'}"), null),
        arguments(block("{'reasoningContent':{'text':'E'}}") + block(1, "{'text':'R'}"), null),
        arguments(
            started("{'image':{'format':'png'}}", "{'image':{'source':{'bytes':'aGVsbG8='}}}"),
            null),
        arguments(
            started("{'toolResult':{'toolUseId':'t'}}", "{'toolResult':[{'text':'80 kg'}]}"), null),
        arguments(block("{'text':''}"), EMPTY_ANSWER),
        arguments(block("{'text':' '}", "{'text':'\\u2060'}"), EMPTY_ANSWER),
        arguments(block("{'text':'<thi'}", "{'text':'nk>Easy.</think>'}"), EMPTY_ANSWER),
        arguments(block(), EMPTY_ANSWER),
        arguments("", EMPTY_ANSWER),
        arguments(
            block(
                "{'reasoningContent':{'text':'Easy.'}}", "{'reasoningContent':{'signature':'c'}}"),
            EMPTY_ANSWER),
        arguments(block("{'reasoningContent':{'redactedContent':'c2U='}}"), EMPTY_ANSWER),
        arguments(block("{'citation':{'title':'Rest'}}"), EMPTY_ANSWER),
        arguments(started("{'image':{'format':'png'}}"), EMPTY_ANSWER),
        arguments(
            started("{'image':{'format':'png'}}", "{'image':{'error':{'message':'no'}}}"),
            EMPTY_ANSWER),
        arguments(
            started("{'toolUse':{'toolUseId':'t','name':'log'}}", "{'toolUse':{'input':'{}'}}"),
            TOOL_USE),
        arguments(block("{'toolUse':{'input':'{}'}}"), TOOL_USE),
        arguments(block("{'text':'R'}") + block(1, "{'toolUse':{'input':'{}'}}"), TOOL_USE));
  }

  static Stream<String> unknownEvents() {
    return Stream.of(
        block(1, "{'hologram':{'frames':3}}"),
        block(1, "{'reasoningContent':{'hologram':1}}"),
        block(1, "{'citation':{'location':{'moon':{}}}}"),
        block(1, "{'citation':{'sourceContent':[{'text':'a'}],'location':{'x':1}}}"),
        block(1, "{'toolResult':[{'text':'a'},{'weird':1}]}"),
        block(1, "{'image':{'source':{'ftp':{}}}}"),
        started("{'hologram':{}}").replace("'contentBlockIndex':0", "'contentBlockIndex':1"),
        started("{'image':{'format':'scroll'}}", "{'image':{'source':{'bytes':'aGVsbG8='}}}")
            .replace("'contentBlockIndex':0", "'contentBlockIndex':1"));
  }

  @ParameterizedTest
  @MethodSource("streams")
  void admission_ofConverseStream_isByWhatTheAnswerHolds(
      String blocks, @Nullable CacheReason fate) {
    assertThat(stream(blocks, "{}", OptIns.NONE)).isEqualTo(fate);
    assertThat(stream(blocks, "{}", TOOLS)).isEqualTo(fate == TOOL_USE ? null : fate);
  }

  @ParameterizedTest
  @MethodSource("unknownEvents")
  void admission_ofConverseStreamWithUnknownContent_refusesAtAnyDepth(String blocks) {
    assertThat(stream(block("{'text':'Rest.'}") + blocks, "{}", OptIns.NONE))
        .isEqualTo(UNKNOWN_CONTENT);
  }

  @Test
  void admission_ofConverseStreamWithUnknownFindingInItsTrace_refuses() {
    String trace =
        "{'trace':{'guardrail':{'inputAssessment':{'g':{'automatedReasoningPolicy':"
            + "{'findings':[{'odd':1}]}}}}}}";
    assertThat(stream(block("{'text':'Rest.'}"), trace, OptIns.NONE)).isEqualTo(UNKNOWN_CONTENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"max_tokens", "guardrail_intervened", "refusal", "something_new"})
  void admission_ofAnEmptyAnswerThatEndedBadly_namesTheEnding(String ending) {
    CacheReason reason = StopReasons.judge(ending, StopReasons.CONVERSE, false);
    assertThat(converse("{'text':''}", ending, "", OptIns.NONE)).isEqualTo(reason).isNotNull();
    assertThat(converse(TOOL, ending, "", OptIns.NONE)).isEqualTo(reason);
  }

  private static String block(String... deltas) {
    return block(0, deltas);
  }

  private static String block(int index, String... deltas) {
    StringBuilder events = new StringBuilder();
    for (String delta : deltas) {
      events.append(
          "contentBlockDelta {'delta':%s,'contentBlockIndex':%d}\n".formatted(delta, index));
    }
    return events + "contentBlockStop {'contentBlockIndex':%d}\n".formatted(index);
  }

  private static String started(String start, String... deltas) {
    return "contentBlockStart {'start':%s,'contentBlockIndex':0}\n".formatted(start)
        + block(deltas);
  }

  private static @Nullable CacheReason converse(
      String blocks, String ending, String more, OptIns optIns) {
    return admission(
        "{'output':{'message':{'role':'assistant','content':[%s]}},'stopReason':'%s'%s}"
            .formatted(blocks, ending, more),
        optIns);
  }

  private static @Nullable CacheReason admission(String json, OptIns optIns) {
    ConverseResponse.Builder response = ConverseResponse.builder();
    read(json, (SdkPojo) response);
    return CacheableOperations.CONVERSE.admission(
        ConverseRequest.builder().modelId("amazon.nova-lite-v1:0").build(),
        response.build(),
        optIns);
  }

  private static @Nullable CacheReason stream(String blocks, String metadata, OptIns optIns) {
    String events =
        "messageStart {'role':'assistant'}\n"
            + blocks
            + "messageStop {'stopReason':'end_turn'}\nmetadata "
            + metadata;
    List<ConverseStreamOutput> read = new ArrayList<>();
    for (String event : events.lines().toList()) {
      String[] parts = event.split(" ", 2);
      String line = "{'%s':%s}".formatted(parts[0], parts[1]);
      read.add(event(line));
    }
    return CacheableOperations.CONVERSE_STREAM.admission(
        ConverseStreamRequest.builder().modelId("amazon.nova-lite-v1:0").build(),
        Streamed.of(ConverseStreamResponse.builder().build(), read, 1),
        optIns);
  }

  private static ConverseStreamOutput event(String line) {
    try {
      return ((ConverseStreamOperation) CacheableOperations.CONVERSE_STREAM)
          .event(line.replace('\'', '"').getBytes(UTF_8));
    } catch (IOException e) {
      throw new IllegalArgumentException(line, e);
    }
  }

  private static void read(String json, SdkPojo builder) {
    try {
      SdkJson.read(json.replace('\'', '"').getBytes(UTF_8), builder);
    } catch (IOException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}
