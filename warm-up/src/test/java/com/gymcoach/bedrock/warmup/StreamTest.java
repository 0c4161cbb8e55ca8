package com.gymcoach.bedrock.warmup;

import static com.gymcoach.bedrock.warmup.Requests.line;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.testkit.EventFrames;
import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams: what they cost if they break, and why they are not kept. */
class StreamTest {
  @TempDir Path folder;

  private Path file() throws Exception {
    return Requests.file(folder, line(Requests.converseStream("b")));
  }

  /** A stream that has begun, and then breaks. */
  private static Reply broken(String type) {
    return Reply.stream(
        new EventFrames()
            .event("messageStart", "{\"role\":\"assistant\"}")
            .event("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"Ru\"}}")
            .exception(type, "sesame")
            .toBytes());
  }

  /** An answer that was begun is billed, whatever the error that ends it. */
  @ParameterizedTest
  @CsvSource({
    "throttlingException, THROTTLED, 6",
    "validationException, REJECTED, 1",
    "modelStreamErrorException, FAILED, 1",
    "internalServerException, FAILED, 1"
  })
  void run_ofAStreamThatBreaks_countsItAsSpent(String type, String kind, long calls)
      throws Exception {
    try (Fixture f = new Fixture()) {
      f.bedrock.answerWith(request -> broken(type));
      WarmUpBuilder builder = f.warmUp(file()).asyncClient(f.asyncClient);
      double once = builder.build().plan().usdHigh();
      WarmUpReport report = builder.build().run();
      assertThat(report.failures()).isEqualTo(Map.of(kind, calls));
      assertThat(report.counts().assumedUsd())
          .isBetween(once * calls * 0.999, once * calls * 1.001);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 400})
  void run_ofAStreamThatIsRefused_countsNothing(int status) throws Exception {
    try (Fixture f = new Fixture()) {
      f.bedrock.answerWith(
          request ->
              Reply.error(
                  status, status == 429 ? "ThrottlingException" : "ValidationException", "x"));
      WarmUpReport report = f.warmUp(file()).asyncClient(f.asyncClient).build().run();
      assertThat(report.end()).isEqualTo(End.FINISHED);
      assertThat(report.counts().assumedUsd()).isZero();
    }
  }

  @Test
  void run_ofAStreamThatIsNotKept_saysWhyIfTheCacheExplains() throws Exception {
    try (Fixture f = new Fixture(cache -> cache.maxStreamBytes(1_024).explains(100))) {
      WarmUpReport report = f.warmUp(file()).asyncClient(f.asyncClient).build().run();
      assertThat(report.notKept()).isEqualTo(Map.of("STREAM_TOO_LARGE", 1L));
    }
  }

  /** Bytes that are no text must not break a stream that the cache would keep. */
  @Test
  void run_ofAStreamWhoseChunkIsNoText_isAnswered() throws Exception {
    try (Fixture f = new Fixture()) {
      StreamEnd end = new StreamEnd();
      f.bedrock.answerWith(request -> Reply.stream(chunk(new byte[] {(byte) 0xFF, (byte) 0xC0})));
      f.asyncClient
          .forScope(Requests.SHARED)
          .invokeModelWithResponseStream(Requests.invokeStream("a"), end.ofInvokeModel())
          .join();
      assertThat(end.usd(Requests.invokeStream("a"), PriceList.standard())).isEmpty();
    }
  }

  private static byte[] chunk(byte[] bytes) {
    return new EventFrames()
        .event("chunk", "{\"bytes\":\"" + Base64.getEncoder().encodeToString(bytes) + "\"}")
        .toBytes();
  }
}
