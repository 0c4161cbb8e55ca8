package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeCodec;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeException;
import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A service is killed by SIGKILL while it writes, at some byte of what it sends to DynamoDB. What
 * it leaves behind is whole and in its place, or not there.
 */
@Tag("crashes")
class KilledProcessTest {
  private static final int QUESTIONS = 6;
  private static final int MAX_BYTES = 400_000;

  /** Ample, but within the deadline: a call with less left does without the table. */
  private static final Duration BUDGET = Service.DEADLINE.dividedBy(2);

  private static final Pattern TEXT = Pattern.compile("\"text\":\"([^\"]*)\"");

  private final SignedAnswers answers = new SignedAnswers();
  private final BedrockStandIn bedrock = BedrockStandIn.start().answerWith(answers);
  private int entries;
  private int kept;
  @TempDir Path directory;

  @AfterEach
  void stop() {
    bedrock.close();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void f83_killedAtSomeByteOfAWrite_whatIsLeftIsWholeAndInItsPlace(Way way) {
    Rounds.play("kill -9", way, Rounds.count(), seed -> killAndLook(way, seed));
    Rounds.say(entries + " entries were left, " + kept + " answers had to be found");
    assertThat(entries).as("entries that were left").isPositive();
    assertThat(kept).as("answers that must have been found").isPositive();
  }

  /** The controls of all that is told by these answers. */
  @Test
  void number_whenTheAnswerIsCutOrAnothers_isRefused() {
    String answer = SignedAnswers.signed("bob-asks-1", 7);
    assertThat(SignedAnswers.number("bob-asks-1", answer)).isEqualTo(7);
    assertThatThrownBy(() -> SignedAnswers.number("alice-asks-1", answer))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(
            () -> SignedAnswers.number("bob-asks-1", answer.substring(0, answer.length() - 1)))
        .isInstanceOf(AssertionError.class);
  }

  private void killAndLook(Way way, long seed) throws Exception {
    Random random = new Random(seed);
    String table = Dynamo.table();
    Testimony heard = new Testimony();
    try (Wire wire =
        new Wire(Dynamo.local().endpoint(), 1 + random.nextInt(MAX_BYTES), random.nextBoolean())) {
      try (ServiceProcess service =
          new ServiceProcess(
              Service.process(
                  way, bedrock.endpoint(), wire.endpoint(), table, BUDGET, QUESTIONS, seed),
              directory.resolve("log"))) {
        try {
          wire.awaitCut();
        } catch (AssertionError silent) {
          throw new AssertionError(service.said(), silent);
        }
        service.kill();
        wire.clientIsDead();
        for (Report report : service.rest()) {
          assertThat(report.event()).as("%s", report).isNotEqualTo(Report.Event.FAILED);
          heard.hear(report);
        }
      }
    }
    itemsAreWhole(table);
    try (Caller caller = new Caller(way, bedrock.endpoint())) {
      List<Integer> first = askAll(caller, table, heard);
      int calls = bedrock.requests();
      assertThat(askAll(caller, table, new Testimony())).isEqualTo(first);
      assertThat(bedrock.requests()).as("what was missing is there now").isEqualTo(calls);
    }
  }

  /** Another instance asks everything that the one that was killed may have asked. */
  private List<Integer> askAll(Caller caller, String table, Testimony heard) {
    try (BedrockCache cache =
        BedrockCache.builder().store(Dynamo.Kind.SYNC.store(table).build()).build()) {
      List<Integer> numbers =
          Service.USERS.stream()
              .flatMap(
                  user ->
                      IntStream.range(0, QUESTIONS)
                          .mapToObj(number -> Report.question(user, number))
                          .map(question -> ask(caller, cache, user, question, heard)))
              .toList();
      assertThat(cache.stats().faults()).isEmpty();
      return numbers;
    }
  }

  private int ask(
      Caller caller, BedrockCache cache, String user, String question, Testimony heard) {
    ConverseResponse response = caller.call(cache, Service.scope(user), question);
    int number = SignedAnswers.number(question, Caller.text(response));
    boolean cached = CacheOutcome.of(response).source() != CacheSource.BEDROCK;
    if (cached) {
      heard.mayBeServed(user, question, number);
    }
    if (heard.kept(question) > 0) {
      kept++;
      assertThat(cached).as("what was written is there: %s", question).isTrue();
      assertThat(number).isGreaterThanOrEqualTo(heard.kept(question));
    }
    return number;
  }

  private void itemsAreWhole(String table) {
    EnvelopeCodec codec = new EnvelopeCodec(table, Compressor.standard(), List.of(), null);
    for (Map<String, AttributeValue> item : Dynamo.items(table).values()) {
      String partition = Dynamo.text(item, "PK");
      StoredItem stored =
          StoredItem.of(
              new Partition(
                  "default",
                  Digest.parse(partition.substring(partition.lastIndexOf('#') + 1)),
                  Partition.WHOLE),
              Dynamo.text(item, "SK"));
      if (stored == null) {
        assertThat(TableLayout.marker(item, "chat")).isNotNull(); // or it throws
        continue;
      }
      entries++;
      byte[] envelope = Objects.requireNonNull(item.get("b")).b().asByteArray();
      String body;
      try {
        body =
            new String(
                codec.decode(stored.address(), envelope).payload().body(), StandardCharsets.UTF_8);
      } catch (EnvelopeException refused) {
        throw new AssertionError("DynamoDB keeps items whole", refused);
      }
      Matcher text = TEXT.matcher(body);
      assertThat(text.find()).isTrue();
      String question = text.group(1).substring(0, text.group(1).indexOf('|'));
      assertThat(SignedAnswers.number(question, text.group(1))).isPositive();
    }
  }
}
