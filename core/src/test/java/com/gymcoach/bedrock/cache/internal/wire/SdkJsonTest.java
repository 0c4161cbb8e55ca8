package com.gymcoach.bedrock.cache.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.PerProperty;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** Writes what Bedrock would have sent, and reads nothing else. */
class SdkJsonTest {
  private static final Set<String> SEEN = new TreeSet<>();

  /** Answers every call with one body. */
  private record BodyHttpClient(byte[] body) implements SdkHttpClient {
    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() {
          return HttpExecuteResponse.builder()
              .response(SdkHttpResponse.builder().statusCode(200).build())
              .responseBody(AbortableInputStream.create(new ByteArrayInputStream(body)))
              .build();
        }

        @Override
        public void abort() {}
      };
    }

    @Override
    public void close() {}
  }

  /** Random responses prove nothing of a member that none of them had. */
  static final class EveryMemberWasSet implements PerProperty.Lifecycle {
    @Override
    public void before(PropertyLifecycleContext context) {
      SEEN.clear();
    }

    @Override
    public void onSuccess() {
      assertThat(SEEN).isEqualTo(RandomPojo.members(ConverseResponse::builder));
    }
  }

  @Property(tries = 10_000)
  @PerProperty(EveryMemberWasSet.class)
  void read_whenWritten_isTheSame(@ForAll Random random) throws IOException {
    ConverseResponse response = response(random);
    byte[] json = SdkJson.write(response);

    ConverseResponse read = read(json);

    assertThat(read.equalsBySdkFields(response)).as("%s", response).isTrue();
    assertThat(SdkJson.write(read)).isEqualTo(json);
  }

  @Property(tries = 300)
  void write_isReadByTheRealClientAsTheSame(@ForAll Random random) throws IOException {
    ConverseResponse response = response(random);

    try (BedrockRuntimeClient client =
        BedrockRuntimeClient.builder()
            .httpClient(new BodyHttpClient(SdkJson.write(response)))
            .region(Region.US_EAST_1)
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .build()) {
      ConverseResponse served = client.converse(ConverseRequest.builder().modelId("m").build());

      assertThat(served.equalsBySdkFields(response)).as("%s\n%s", response, served).isTrue();
    }
  }

  @Property(tries = 10_000)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void f12_s_l_damagedBytes_areRefusedOrMakeAnAnswer(@ForAll Random random) throws IOException {
    byte[] damaged = damaged(SdkJson.write(response(random)), random);
    boolean refused = false;
    try {
      ConverseResponse read = read(damaged);
      byte[] json = SdkJson.write(read);
      assertThat(read(json).equalsBySdkFields(read)).isTrue();
    } catch (IOException expected) {
      refused = true;
    }
    Statistics.collect(refused);
    Statistics.coverage(
        bodies -> {
          bodies.check(true).count(count -> count >= 1_000);
          bodies.check(false).count(count -> count >= 1_000);
        });
  }

  @Property(tries = 500)
  void f13_truncatedBytes_areRefused(@ForAll Random random) throws IOException {
    byte[] json = SdkJson.write(response(random));
    byte[] cut = Arrays.copyOf(json, random.nextInt(json.length));

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> read(cut));
  }

  @Example
  void read_whenMemberIsUnknown_passesItOver() throws IOException {
    String json =
        "{'new':{'a':[1,{'b':null}]},'stopReason':'end_turn','newer':7,"
            + "'usage':{'inputTokens':3,'dreamt':[[]],'outputTokens':4}}";

    ConverseResponse read = read(json.replace('\'', '"').getBytes(UTF_8));

    assertThat(
            read.equalsBySdkFields(
                ConverseResponse.builder()
                    .stopReason("end_turn")
                    .usage(u -> u.inputTokens(3).outputTokens(4))
                    .build()))
        .isTrue();
  }

  @Example
  void read_whenMemberIsNull_leavesItAbsent() throws IOException {
    ConverseResponse read = read("{\"stopReason\":null,\"usage\":null}".getBytes(UTF_8));

    assertThat(read.equalsBySdkFields(ConverseResponse.builder().build())).isTrue();
  }

  @Example
  void read_whenOfAnotherType_isRefused() {
    for (String json :
        List.of(
            "{'stopReason':1}",
            "{'stopReason':{}}",
            "{'usage':[]}",
            "{'usage':{'inputTokens':'3'}}",
            "{'usage':{'inputTokens':3.5}}",
            "{'usage':{'inputTokens':2147483648}}",
            "{'usage':{'inputTokens':true}}",
            "{'metrics':{'latencyMs':1e3}}",
            "{'metrics':{'latencyMs':9223372036854775808}}",
            "{'output':{'message':{'content':{}}}}",
            "{'output':{'message':{'content':[{'reasoningContent':{'redactedContent':'?'}}]}}}",
            "[]",
            "{} {}",
            "{}x",
            "null",
            "")) {
      assertThatExceptionOfType(IOException.class)
          .as(json)
          .isThrownBy(() -> read(json.replace('\'', '"').getBytes(UTF_8)));
    }
  }

  @Example
  void s_l_deepNesting_isKeptToALimitBothWays() throws IOException {
    ConverseResponse deep = nested(900);
    assertThat(read(SdkJson.write(deep)).equalsBySdkFields(deep)).isTrue();

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> SdkJson.write(nested(3_000)));
    for (String member : List.of("additionalModelResponseFields", "unknown")) {
      for (String opening : List.of("[", "{\"a\":")) {
        byte[] json = ("{\"" + member + "\":" + opening.repeat(1_000_000)).getBytes(UTF_8);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> read(json));
      }
    }
  }

  /** A few kilobytes inflate to a document whose every token becomes an object of some size. */
  @Example
  void s_l_moreTokensThanAnAnswerHas_areRefused() throws IOException {
    for (String member : List.of("additionalModelResponseFields", "unknown")) {
      assertThat(read(numbers(member, 900_000))).isNotNull();
      byte[] json = numbers(member, 1_000_000);
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> read(json));
    }
  }

  private static byte[] numbers(String member, int count) {
    return ("{\"" + member + "\":[1" + ",1".repeat(count - 1) + "]}").getBytes(UTF_8);
  }

  @Example
  void s_l_longString_isRefused() throws IOException {
    assertThat(read(string(19_000_000)).stopReasonAsString()).hasSize(19_000_000);
    byte[] json = string(21_000_000);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> read(json));
  }

  private static byte[] string(int length) {
    return ("{\"stopReason\":\"" + "a".repeat(length) + "\"}").getBytes(UTF_8);
  }

  @Example
  void write_whenSurrogateIsAlone_escapesIt() throws IOException {
    ConverseResponse response = ConverseResponse.builder().stopReason("a\ud800b\udc00").build();

    assertThat(new String(SdkJson.write(response), UTF_8)).containsIgnoringCase("a\\ud800b\\udc00");
    assertThat(read(SdkJson.write(response)).equalsBySdkFields(response)).isTrue();
  }

  private static ConverseResponse nested(int levels) {
    Document document = Document.fromNull();
    for (int i = 0; i < levels; i++) {
      document = Document.fromList(List.of(document));
    }
    return ConverseResponse.builder().additionalModelResponseFields(document).build();
  }

  private static ConverseResponse response(Random random) {
    return (ConverseResponse) new RandomPojo(random, SEEN).next(ConverseResponse::builder);
  }

  private static ConverseResponse read(byte[] json) throws IOException {
    ConverseResponse.Builder builder = ConverseResponse.builder();
    SdkJson.read(json, (SdkPojo) builder);
    return builder.build();
  }

  /** Returns the bytes with a few of them changed, taken out, or put in from elsewhere. */
  private static byte[] damaged(byte[] json, Random random) {
    byte[] bytes = json;
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(bytes.length);
      int to = Math.min(bytes.length, at + 1 + random.nextInt(8));
      bytes =
          switch (random.nextInt(4)) {
            case 0 -> spliced(bytes, at, at + 1, new byte[] {(byte) random.nextInt(256)});
            case 1 ->
                spliced(
                    bytes,
                    at,
                    at + 1,
                    "{}[]\",:0-.eu\\ ".substring(random.nextInt(14)).getBytes(UTF_8));
            case 2 -> spliced(bytes, at, at == 0 ? at + 1 : to, new byte[0]);
            default -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
          };
      if (bytes.length == 0) {
        return bytes;
      }
    }
    return bytes;
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
    byte[] spliced = Arrays.copyOf(bytes, bytes.length - (to - from) + between.length);
    System.arraycopy(between, 0, spliced, from, between.length);
    System.arraycopy(bytes, to, spliced, from + between.length, bytes.length - to);
    return spliced;
  }
}
