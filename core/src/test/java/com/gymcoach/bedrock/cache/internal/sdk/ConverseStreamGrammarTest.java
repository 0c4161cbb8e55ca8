package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheReason;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDelta;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;

/**
 * Which orders of events are an answer. An event is a letter and the number of its block: S starts
 * the message, t a block with a tool's request, d is a text, e ends a block, E ends the message, N
 * does so without a reason, M is the metadata, and U an event that the SDK does not know.
 */
class ConverseStreamGrammarTest {
  private static ConverseStreamOutput event(String name) {
    Integer block = name.length() == 1 ? null : Integer.valueOf(name.substring(1));
    return switch (name.charAt(0)) {
      case 'S' -> ConverseStreamOutput.messageStartBuilder().role("assistant").build();
      case 't' ->
          ConverseStreamOutput.contentBlockStartBuilder()
              .contentBlockIndex(block)
              .start(start -> start.toolUse(tool -> tool.name("weather").toolUseId("1")))
              .build();
      case 'd' ->
          ConverseStreamOutput.contentBlockDeltaBuilder()
              .contentBlockIndex(block)
              .delta(delta -> delta.text("hello"))
              .build();
      case 'e' -> ConverseStreamOutput.contentBlockStopBuilder().contentBlockIndex(block).build();
      case 'E' -> ConverseStreamOutput.messageStopBuilder().stopReason("end_turn").build();
      case 'N' -> ConverseStreamOutput.messageStopBuilder().build();
      case 'M' -> ConverseStreamOutput.metadataBuilder().usage(usage -> {}).build();
      case 'U' -> ConverseStreamOutput.UNKNOWN;
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static @Nullable CacheReason judge(String events) {
    List<ConverseStreamOutput> all =
        events.isEmpty()
            ? List.of()
            : Arrays.stream(events.split(" ")).map(ConverseStreamGrammarTest::event).toList();
    return ConverseStreamGrammar.judge(all, true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "S d0 e0 E M",
        "S d0 d0 d0 e0 E M",
        "S d0 d1 e1 e0 E M",
        "S e0 d1 e1 E M",
        "S t0 e0 E M",
        "S d0 e0 t1 d1 e1 E M",
        "S d7 e7 E M"
      })
  void judge_whenTheStreamIsWhole_mayBeKept(String events) {
    assertThat(judge(events)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "S",
        "S d0",
        "S d0 e0",
        "S d0 e0 E",
        "d0 e0 E M",
        "t0 e0 E M",
        "e0 E M",
        "S S d0 e0 E M",
        "S d0 e0 S E M",
        "S d0 E M",
        "S t0 E M",
        "S d0 e0 d0 E M",
        "S d0 e0 t0 e0 E M",
        "S d0 e0 e0 E M",
        "S t0 t0 e0 E M",
        "S d0 e0 E E M",
        "S d0 e0 E M M",
        "S d0 e0 E M S",
        "S d0 e0 E d1 M",
        "S d0 e0 E t1 M",
        "S d0 e0 E e1 M",
        "S d0 e0 M",
        "S d0 e0 M E",
        "S d e0 E M",
        "S t E M",
        "S d0 e0 e E M",
        "S d0 e0 N M"
      })
  void judge_whenTheStreamIsNotOneWholeAnswer_isIncomplete(String events) {
    assertThat(judge(events)).isEqualTo(CacheReason.INCOMPLETE_BODY);
  }

  @Test
  void judge_whenAnEventIsUnknown_saysSo() {
    assertThat(judge("S U d0 e0 E M")).isEqualTo(CacheReason.UNKNOWN_CONTENT);
  }

  @Test
  void judge_whenABlockHasUnknownContentOrNone_saysSo() {
    List<ConverseStreamOutput> parts =
        List.of(
            ConverseStreamOutput.contentBlockDeltaBuilder().contentBlockIndex(0).build(),
            ConverseStreamOutput.contentBlockDeltaBuilder()
                .contentBlockIndex(0)
                .delta(ContentBlockDelta.builder().build())
                .build(),
            ConverseStreamOutput.contentBlockStartBuilder().contentBlockIndex(0).build(),
            ConverseStreamOutput.contentBlockStartBuilder()
                .contentBlockIndex(0)
                .start(start -> start.image(image -> image.format("hologram")))
                .build());
    for (ConverseStreamOutput part : parts) {
      List<ConverseStreamOutput> events =
          List.of(event("S"), part, event("d0"), event("e0"), event("E"), event("M"));
      assertThat(ConverseStreamGrammar.judge(events, false))
          .as("%s", part)
          .isEqualTo(CacheReason.UNKNOWN_CONTENT);
    }
  }

  @Test
  void judge_whenAToolIsAskedFor_dependsOnWhetherThatIsKept() {
    List<ConverseStreamOutput> events =
        List.of(event("S"), event("t0"), event("e0"), event("E"), event("M"));
    assertThat(ConverseStreamGrammar.judge(events, false)).isEqualTo(CacheReason.TOOL_USE);
    assertThat(ConverseStreamGrammar.judge(events, true)).isNull();
  }

  @Test
  void judge_whenNothingIsSaid_isEmpty() {
    assertThat(judge("S e0 E M")).isEqualTo(CacheReason.EMPTY_ANSWER);
  }
}
