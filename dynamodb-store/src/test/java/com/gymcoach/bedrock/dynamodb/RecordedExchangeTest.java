package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** What exchanges.jsonl must hold for a test that replays it to mean anything. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordedExchangeTest {
  private final List<RecordedExchange> exchanges = RecordedExchange.ownOnes();
  private final BedrockStandIn standIn = BedrockStandIn.start();
  private final BedrockRuntimeClient bedrock =
      BedrockRuntimeClient.builder()
          .endpointOverride(standIn.endpoint())
          .region(Region.US_EAST_1)
          .credentialsProvider(AnonymousCredentialsProvider.create())
          .httpClient(Apache5HttpClient.create())
          .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
          .build();
  private List<BedrockRuntimeResponse> responses = List.of();

  @BeforeAll
  void unmarshalThemAll() {
    responses = exchanges.stream().filter(e -> e.status() == 200).map(this::unmarshal).toList();
  }

  @AfterAll
  void stop() {
    bedrock.close();
    standIn.close();
  }

  @Test
  void file_isLargeEnoughAndHoldsNoTwoOfTheSameCall() {
    assertThat(exchanges).hasSizeGreaterThanOrEqualTo(40);
    assertThat(exchanges).extracting(RecordedExchange::id).doesNotHaveDuplicates();
    assertThat(exchanges).allSatisfy(e -> assertThat(e.modelId()).as(e.id()).isNotEmpty());
    assertThat(exchanges).allSatisfy(e -> assertThat(e.requestBody()).as(e.id()).isNotEmpty());
    // Else an answer that is kept would be given to another exchange's call.
    assertThat(exchanges)
        .extracting(e -> e.operation() + e.modelId() + Arrays.toString(e.requestBody()))
        .doesNotHaveDuplicates();
  }

  @Test
  void file_holdsEveryMemberOfBothResponses() {
    Set<String> declared = new TreeSet<>();
    declare((SdkPojo) ConverseResponse.builder(), declared, new HashSet<>());
    declare((SdkPojo) InvokeModelResponse.builder(), declared, new HashSet<>());
    assertThat(declared).contains("WebLocation.url", "InvokeModelResponse.serviceTier");

    Set<String> held = new TreeSet<>();
    responses.forEach(response -> hold(response, held));
    declared.removeAll(held);
    assertThat(declared).as("members that no exchange holds").isEmpty();
  }

  @Test
  void file_holdsEveryStopReasonAndOneTheSdkDoesNotKnow() {
    Set<StopReason> held =
        responses.stream()
            .filter(ConverseResponse.class::isInstance)
            .map(response -> ((ConverseResponse) response).stopReason())
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    assertThat(held).containsExactlyInAnyOrder(StopReason.values());
  }

  @Test
  void file_holdsAFieldTheSdkDoesNotKnow() {
    assertThat(bodies()).anySatisfy(body -> assertThat(body).contains("\"serverToolUsage\":"));
    Set<String> held = new HashSet<>();
    responses.forEach(response -> hold(response, held));
    assertThat(held).noneMatch(member -> member.endsWith(".serverToolUsage"));
  }

  @Test
  void file_holdsTheErrorsThatCallersMeet() {
    assertThat(exchanges.stream().map(RecordedExchange::status).collect(Collectors.toSet()))
        .contains(200, 400, 403, 424, 429, 500, 503);
  }

  @Test
  void read_ofARequestRecordedOnlyAsParsed_givesItsJson() throws IOException {
    String line =
        """
        {"id":"a","source":{"deep":["ignored"]},"operation":"Converse","modelId":null,"status":200,\
        "responseHeaders":{"Date":"now"},"responseBodyBase64":"AAEC","requestBody":{"t":1.50}}
        """;
    List<RecordedExchange> read =
        RecordedExchange.read(
            new ByteArrayInputStream((line + line).getBytes(StandardCharsets.UTF_8)));
    assertThat(read).hasSize(2);
    assertThat(read.get(1).modelId()).isEmpty();
    assertThat(read.get(1).headers()).isEqualTo(Map.of("Date", List.of("now")));
    assertThat(read.get(1).body()).containsExactly(0, 1, 2);
    assertThat(read.get(1).requestBody()).asString().isEqualTo("{\"t\":1.50}");
  }

  @Test
  void read_ofRealTraffic_givesEachLine() throws IOException {
    String shared = System.getProperty("bedrock.cache.shared");
    Assumptions.assumeTrue(shared != null, "bedrock.cache.shared names no recordings");
    Path file = Path.of(shared, "recordings", "bedrock-open.jsonl");
    Assumptions.assumeTrue(Files.exists(file), "No recordings where bedrock.cache.shared points");
    List<RecordedExchange> recorded = RecordedExchange.read(file);
    try (var lines = Files.lines(file)) {
      assertThat(recorded).hasSize((int) lines.count());
    }
    assertThat(recorded).allSatisfy(e -> assertThat(e.body()).as(e.id()).isNotEmpty());
    assertThat(recorded).extracting(RecordedExchange::id).doesNotHaveDuplicates();
  }

  private List<String> bodies() {
    return exchanges.stream().map(e -> new String(e.body(), StandardCharsets.UTF_8)).toList();
  }

  private BedrockRuntimeResponse unmarshal(RecordedExchange exchange) {
    standIn.answerWith(request -> exchange.reply());
    return switch (exchange.operation()) {
      case "Converse" -> bedrock.converse(r -> r.modelId(exchange.modelId()));
      case "InvokeModel" ->
          bedrock.invokeModel(
              r -> r.modelId(exchange.modelId()).body(SdkBytes.fromUtf8String("{}")));
      default -> throw new IllegalArgumentException(exchange.toString());
    };
  }

  /** Adds the members of a shape and of all that it leads to. A shape is entered only once. */
  private static void declare(SdkPojo builder, Set<String> members, Set<Class<?>> seen) {
    if (!seen.add(builder.getClass())) {
      return;
    }
    for (SdkField<?> field : builder.sdkFields()) {
      members.add(member(builder, field));
      SdkField<?> inner = field;
      while (inner.constructor() == null) {
        SdkField<?> element = element(inner);
        if (element == null) {
          break;
        }
        inner = element;
      }
      if (inner.constructor() != null) {
        declare(inner.constructor().get(), members, seen);
      }
    }
  }

  private static @Nullable SdkField<?> element(SdkField<?> field) {
    if (field.containsTrait(ListTrait.class)) {
      return field.getTrait(ListTrait.class).memberFieldInfo();
    }
    return field.containsTrait(MapTrait.class)
        ? field.getTrait(MapTrait.class).valueFieldInfo()
        : null;
  }

  /** Adds the members that are set in a value and in all that it holds. */
  private static void hold(@Nullable Object value, Set<String> members) {
    if (value instanceof SdkPojo pojo) {
      for (SdkField<?> field : pojo.sdkFields()) {
        Object inner = field.getValueOrDefault(pojo);
        if (isSet(inner)) {
          members.add(member(pojo, field));
          hold(inner, members);
        }
      }
    } else if (value instanceof Collection<?> all) {
      all.forEach(inner -> hold(inner, members));
    } else if (value instanceof Map<?, ?> all) {
      all.values().forEach(inner -> hold(inner, members));
    }
  }

  private static boolean isSet(@Nullable Object value) {
    return value != null
        && !(value instanceof SdkAutoConstructList)
        && !(value instanceof SdkAutoConstructMap);
  }

  /** Returns the name of a member, its shape's before it; a builder is of the shape around it. */
  private static String member(SdkPojo shape, SdkField<?> field) {
    Class<?> outer = shape.getClass().getEnclosingClass();
    return (outer == null ? shape.getClass() : outer).getSimpleName() + "." + field.memberName();
  }
}
