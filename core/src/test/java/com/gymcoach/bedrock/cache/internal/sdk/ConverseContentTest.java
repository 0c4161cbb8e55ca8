package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.gymcoach.bedrock.cache.CacheReason;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ToolResultContentBlock;

/** Which blocks say something to a user. */
class ConverseContentTest {
  private static final SdkBytes BYTES = SdkBytes.fromUtf8String("x");
  private static final SdkBytes NO_BYTES = SdkBytes.fromUtf8String("");

  private static ContentBlock block(Consumer<ContentBlock.Builder> content) {
    ContentBlock.Builder block = ContentBlock.builder();
    content.accept(block);
    return block.build();
  }

  private static ContentBlock image(SdkBytes bytes) {
    return block(b -> b.image(i -> i.format("png").source(s -> s.bytes(bytes))));
  }

  private static ContentBlock video(String uri) {
    return block(
        b -> b.video(v -> v.format("mp4").source(s -> s.s3Location(place -> place.uri(uri)))));
  }

  @SuppressWarnings("unchecked") // one builder, as the SDK's varargs
  private static ContentBlock result(Consumer<ToolResultContentBlock.Builder> content) {
    return block(b -> b.toolResult(r -> r.toolUseId("1").content(content)));
  }

  @SuppressWarnings("unchecked") // one builder, as the SDK's varargs
  static List<Arguments> blocks() {
    return List.of(
        arguments(block(b -> b.text("hello")), true),
        arguments(block(b -> b.text(" \n")), false),
        arguments(block(b -> b.text("<think>hm</think>")), false),
        arguments(block(b -> b.text("<think>hm</think> hello")), true),
        arguments(
            block(b -> b.reasoningContent(r -> r.reasoningText(text -> text.text("hm")))), false),
        arguments(image(BYTES), true),
        arguments(image(NO_BYTES), false),
        arguments(block(b -> b.image(i -> i.format("png"))), false),
        arguments(
            block(b -> b.image(i -> i.source(s -> s.bytes(BYTES)).error(e -> e.message("no")))),
            false),
        arguments(
            block(b -> b.audio(a -> a.source(s -> s.bytes(BYTES)).error(e -> e.message("no")))),
            false),
        arguments(block(b -> b.audio(a -> a.format("mp3").source(s -> s.bytes(BYTES)))), true),
        arguments(video("s3://bucket/key"), true),
        arguments(video(" "), false),
        arguments(block(b -> b.document(d -> d.name("plan").source(s -> s.bytes(BYTES)))), true),
        arguments(block(b -> b.document(d -> d.name("plan").source(s -> s.text(" ")))), false),
        arguments(
            block(b -> b.document(d -> d.source(s -> s.content(part -> part.text("hello"))))),
            true),
        arguments(result(c -> c.json(Document.fromBoolean(false))), true),
        arguments(result(c -> c.json(Document.fromNull())), false),
        arguments(result(c -> c.text("hello")), true),
        arguments(result(c -> c.text("")), false),
        arguments(result(c -> c.image(i -> i.source(s -> s.bytes(BYTES)))), true),
        arguments(block(b -> b.toolResult(r -> r.toolUseId("1").status("success"))), false),
        arguments(block(b -> b.citationsContent(c -> c.content(part -> part.text("said")))), true),
        arguments(
            block(b -> b.citationsContent(c -> c.citations(citation -> citation.title("T")))),
            false));
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void report_whateverTheBlock_saysWhetherItHoldsSomething(ContentBlock block, boolean expected) {
    UsableAnswer answer = new UsableAnswer(false);
    ConverseContent.report(block, answer);
    assertThat(answer.saysSomething()).isEqualTo(expected);
    assertThat(answer.content()).isNull();
  }

  @Test
  void report_whenThereIsNoBlock_isUnknownContent() {
    UsableAnswer answer = new UsableAnswer(false);
    ConverseContent.report(null, answer);
    assertThat(answer.content()).isEqualTo(CacheReason.UNKNOWN_CONTENT);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void report_whenAToolIsAskedFor_isContentOnlyIfThatIsKept(boolean kept) {
    UsableAnswer answer = new UsableAnswer(kept);
    ConverseContent.report(block(b -> b.toolUse(tool -> tool.name("weather"))), answer);
    assertThat(answer.saysSomething()).isEqualTo(kept);
    assertThat(answer.content()).isEqualTo(kept ? null : CacheReason.TOOL_USE);
  }
}
