package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.internal.compare.Comparison;
import com.gymcoach.bedrock.cache.internal.compare.Verdict;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two answers, as JSON of each operation and of several families, and how alike they are. */
class AnswerContentTest {
  private static final String CONVERSE =
      "{'output':{'message':{'role':'assistant','content':[%s]}},'stopReason':'end_turn',"
          + "'usage':{'inputTokens':1,'outputTokens':%d},'metrics':{'latencyMs':%d}}";

  private static String converse(int count, String... blocks) {
    return CONVERSE.formatted(String.join(",", blocks), count, 100 + count);
  }

  private static String delta(String text) {
    return "{'contentBlockDelta':{'delta':{'text':'" + text + "'},'contentBlockIndex':0}}\n";
  }

  private static String converseStream(int latency, String... deltas) {
    return "{'messageStart':{'role':'assistant'}}\n"
        + String.join("", Stream.of(deltas).map(AnswerContentTest::delta).toList())
        + "{'contentBlockStop':{'contentBlockIndex':0}}\n{'messageStop':{'stopReason':'end_turn'}}\n"
        + "{'metadata':{'usage':{'inputTokens':1},'metrics':{'latencyMs':"
        + latency
        + "}}}\n";
  }

  private static String claude(String id, String blocks) {
    return "{'id':'"
        + id
        + "','type':'message','role':'assistant','model':'claude','content':["
        + blocks
        + "],'stop_reason':'end_turn','usage':{'input_tokens':"
        + id.length()
        + "}}";
  }

  private static String claudeStream(String id, String... texts) {
    StringBuilder chunks =
        new StringBuilder("{'type':'message_start','message':{'id':'" + id + "','content':[]}}\n");
    for (String text : texts) {
      chunks
          .append("{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'")
          .append(text)
          .append("'}}\n");
    }
    return chunks
        .append(
            "{'type':'message_delta','delta':{'stop_reason':'end_turn'},'usage':{'output_tokens':4}}\n")
        .append("{'type':'message_stop','amazon-bedrock-invocationMetrics':{'invocationLatency':")
        .append(id.length())
        .append("}}\n")
        .toString();
  }

  private static final String THOUGHT =
      "{'reasoningContent':{'reasoningText':{'text':'%s','signature':'%s'}}}";
  private static final String TOOL =
      "{'toolUse':{'toolUseId':'%s','name':'log','input':{'id':%d,'type':'squat'}}}";

  static Stream<Arguments> pairs() {
    String rest = "{'text':'Rest a day.'}";
    return Stream.of(
        // Converse
        pair(Verdict.EQUAL, converse(1, rest), converse(2, rest)),
        pair(
            Verdict.EQUAL,
            converse(1, THOUGHT.formatted("a", "s1"), rest),
            converse(2, THOUGHT.formatted("a", "s2"), rest)),
        pair(
            Verdict.SAME_TEXT,
            converse(1, THOUGHT.formatted("a", "s"), rest),
            converse(2, THOUGHT.formatted("b", "s"), rest)),
        pair(Verdict.SAME_TEXT, converse(1, rest), converse(1, "{'text':' Rest a day.\\n'}")),
        pair(
            Verdict.SAME_TEXT,
            converse(1, rest),
            converse(1, rest).replace("end_turn", "stop_sequence")),
        pair(
            Verdict.SAME_TEXT,
            converse(1, rest),
            converse(1, "{'text':'<think>hm</think>Rest a day.'}")),
        pair(
            Verdict.SAME_JSON,
            converse(1, "{'text':'{\\'a\\':1,\\'b\\':[2]}'}".replace("\\'", "\\\"")),
            converse(1, "{'text':'{ \\'b\\': [2], \\'a\\': 1 }'}".replace("\\'", "\\\""))),
        pair(
            Verdict.DIFFERENT,
            converse(1, "{'text':'{\\'a\\':1}'}".replace("\\'", "\\\"")),
            converse(1, "{'text':'{\\'a\\':2}'}".replace("\\'", "\\\""))),
        pair(Verdict.DIFFERENT, converse(1, rest), converse(1, "{'text':'Rest two days.'}")),
        pair(Verdict.DIFFERENT, converse(1, rest), converse(1, rest, rest)),
        // tools: a tool's data counts in full, its id does not
        pair(
            Verdict.EQUAL,
            converse(1, rest, TOOL.formatted("t1", 7)),
            converse(1, rest, TOOL.formatted("t2", 7))),
        pair(
            Verdict.DIFFERENT,
            converse(1, rest, TOOL.formatted("t1", 7)),
            converse(1, rest, TOOL.formatted("t1", 8))),
        pair(Verdict.DIFFERENT, converse(1, rest, TOOL.formatted("t1", 7)), converse(1, rest)),
        // InvokeModel
        pair(
            Verdict.EQUAL,
            claude("m1", "{'type':'text','text':'Rest.'}"),
            claude("msg2", "{'text':'Rest.','type':'text'}")),
        pair(
            Verdict.DIFFERENT,
            claude("m1", "{'type':'text','text':'Rest.'}"),
            claude("m1", "{'type':'text','text':'Run.'}")),
        pair(
            Verdict.DIFFERENT,
            claude(
                "m1",
                "{'type':'text','text':'So'},{'type':'tool_use','id':'1','name':'log','input':{'id':1}}"),
            claude(
                "m1",
                "{'type':'text','text':'So'},{'type':'tool_use','id':'2','name':'log','input':{'id':2}}")),
        pair(
            Verdict.EQUAL,
            "{'generation':'Rest.','prompt_token_count':1,'stop_reason':'stop'}",
            "{'generation':'Rest.','prompt_token_count':2,'stop_reason':'stop'}"),
        pair(
            Verdict.EQUAL,
            "{'id':'1','choices':[{'index':0,'message':{'role':'assistant','content':'Rest.'},'finish_reason':'stop'}],'created':1}",
            "{'id':'2','choices':[{'index':0,'message':{'role':'assistant','content':'Rest.'},'finish_reason':'stop'}],'created':2}"),
        pair(
            Verdict.EQUAL,
            "{'embedding':[0.5,1],'inputTextTokenCount':3}",
            "{'embedding':[0.5,1],'inputTextTokenCount':3}"),
        pair(Verdict.DIFFERENT, "{'embedding':[0.5,1]}", "{'embedding':[0.5,1.01]}"));
  }

  static Stream<Arguments> streams() {
    return Stream.of(
        pair(
            Verdict.EQUAL,
            converseStream(1, "Rest a ", "day."),
            converseStream(2, "Re", "st ", "a day.")),
        pair(
            Verdict.DIFFERENT,
            converseStream(1, "Rest ", "a day."),
            converseStream(1, "Rest ", "a week.")),
        pair(
            Verdict.SAME_TEXT,
            converseStream(1, "Rest."),
            converseStream(1, "Rest.").replace("end_turn", "stop_sequence")),
        pair(Verdict.EQUAL, claudeStream("m1", "Re", "st."), claudeStream("msg2", "R", "e", "st.")),
        pair(Verdict.DIFFERENT, claudeStream("m1", "Re", "st."), claudeStream("m1", "Rest", "s.")));
  }

  private static Arguments pair(Verdict verdict, String one, String other) {
    return Arguments.of(verdict, one, other);
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void answers_areAsAlikeAsTheyAre(Verdict verdict, String one, String other) throws IOException {
    assertAlike(verdict, one, other, false);
  }

  @ParameterizedTest
  @MethodSource("streams")
  void streams_areAsAlikeAsTheyAreWhereverTheyAreCut(Verdict verdict, String one, String other)
      throws IOException {
    assertAlike(verdict, one, other, true);
  }

  private static void assertAlike(Verdict verdict, String one, String other, boolean stream)
      throws IOException {
    Comparison comparison = Comparison.of(content(one, stream), content(other, stream));
    assertThat(comparison.verdict()).isEqualTo(verdict);
    assertThat(Comparison.of(content(other, stream), content(one, stream))).isEqualTo(comparison);
    if (verdict != Verdict.DIFFERENT) {
      assertThat(comparison.overlap()).isEqualTo(1);
    }
  }

  @Test
  void overlap_ofDifferentTexts_isTheirWordsInCommon() throws IOException {
    Comparison comparison =
        Comparison.of(
            content(converse(1, "{'text':'Rest a day.'}"), false),
            content(converse(1, "{'text':'Rest two days.'}"), false));
    assertThat(comparison.overlap()).isCloseTo(1 / 3.0, within(1e-12));
  }

  @Test
  void overlap_whenThereIsNoText_isNotKnown() throws IOException {
    Comparison comparison =
        Comparison.of(
            content("{'embedding':[0.5,1]}", false), content("{'embedding':[0.5,2]}", false));
    assertThat(comparison.overlap()).isNaN();
  }

  @Test
  void toString_hasNothingOfTheAnswer() throws IOException {
    assertThat(content(converse(1, "{'text':'Rest.'}"), false))
        .hasToString("AnswerContent[2 parts]");
  }

  private static AnswerContent content(String json, boolean stream) throws IOException {
    return AnswerContent.of(json.replace('\'', '"').getBytes(UTF_8), stream);
  }
}
