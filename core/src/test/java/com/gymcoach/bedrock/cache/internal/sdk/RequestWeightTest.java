package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** The memo's bound in bytes is one of the heap: the estimated weight of a copy is its real one. */
class RequestWeightTest {
  /** Enough that what the collector and the test's own threads hold makes no difference. */
  private static final long ENOUGH_BYTES = 8 << 20;

  enum Shape {
    SHORT(i -> converse(text("question " + i))),
    LONG(i -> converse(text("x".repeat(20_000) + i))),
    BEYOND_LATIN(i -> converse(text("ж".repeat(5_000) + i))),
    CONVERSATION(i -> converse(turns(50, i))),
    SCHEMA(i -> ConverseRequest.builder().additionalModelRequestFields(schema(i)).build()),
    IMAGE(
        i ->
            converse(
                List.of(
                    ContentBlock.fromImage(
                        image ->
                            image
                                .format("png")
                                .source(s -> s.bytes(SdkBytes.fromByteArray(new byte[9_999]))))))),
    BODY(i -> Keys.invoke(new byte[5_000]));

    @SuppressWarnings("ImmutableEnumChecker") // it captures nothing
    private final IntFunction<AwsRequest> request;

    Shape(IntFunction<AwsRequest> request) {
      this.request = request;
    }

    private static AwsRequest converse(List<ContentBlock> blocks) {
      Message message = Message.builder().role("user").content(blocks).build();
      return ConverseRequest.builder().modelId(Keys.MODEL).messages(message).build();
    }

    private static List<ContentBlock> text(String text) {
      return List.of(ContentBlock.fromText(text));
    }

    private static List<ContentBlock> turns(int count, int number) {
      List<ContentBlock> turns = new ArrayList<>();
      for (int turn = 0; turn < count; turn++) {
        turns.add(ContentBlock.fromText("turn " + turn + " of " + number));
      }
      return turns;
    }

    private static Document schema(int number) {
      Map<String, Document> members = new LinkedHashMap<>();
      for (int i = 0; i < 30; i++) {
        members.put(
            "member " + i,
            Document.fromMap(
                Map.of(
                    "type " + number, Document.fromString("string " + i),
                    "limit " + number, Document.fromNumber(Integer.toString(i)))));
      }
      return Document.fromMap(members);
    }
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void bytes_ofACopy_areWhatTheHeapHolds(Shape shape) {
    List<AwsRequest> copies = new ArrayList<>(100_000);
    long said = 0;
    for (int i = 0; said < ENOUGH_BYTES; i++) {
      RequestCopy copy = RequestCopy.of(shape.request.apply(i));
      copies.add(copy.request());
      said += copy.bytes();
    }
    long full = usedHeap();
    assertThat(copies).isNotEmpty();
    copies.clear();
    long held = full - usedHeap();
    assertThat(held).as("held, of %s said", said).isLessThanOrEqualTo(said * 13 / 10);
    assertThat(said).as("said, of %s held", held).isLessThanOrEqualTo(held * 2);
  }

  /** Collects until it makes no more difference. */
  private static long usedHeap() {
    long used = Long.MAX_VALUE;
    while (true) {
      System.gc();
      long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      if (now >= used - 2_048) {
        return Math.min(used, now);
      }
      used = now;
    }
  }
}
