package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Items in the table that differ from the entry that was written. */
@ParameterizedClass
@EnumSource(Way.class)
class DamagedEntriesTest extends WarmTierFixture {
  DamagedEntriesTest(Way way) {
    super(way);
  }

  /** A stored envelope made into something else, and what that is counted as. */
  record Damage(String number, UnaryOperator<byte[]> how, CacheFault named) {
    @Override
    public String toString() {
      return number;
    }
  }

  static Stream<Damage> damages() {
    return Stream.of(
        new Damage(
            "f12 corrupt bytes",
            bytes -> {
              byte[] noise = new byte[bytes.length];
              new Random(42).nextBytes(noise);
              noise[0] = bytes[0];
              return noise;
            },
            CacheFault.ENTRY_CHECKSUM),
        new Damage(
            "f13 truncated",
            bytes -> Arrays.copyOf(bytes, bytes.length - 1),
            CacheFault.ENTRY_CHECKSUM),
        new Damage(
            "f14 wrong checksum",
            bytes -> {
              bytes[bytes.length - 1] ^= 1;
              return bytes;
            },
            CacheFault.ENTRY_CHECKSUM),
        new Damage(
            "f16 newer version",
            bytes -> {
              bytes[0]++;
              return bytes;
            },
            CacheFault.ENTRY_FORMAT_UNKNOWN),
        new Damage(
            "f17 older version",
            bytes -> {
              bytes[0]--;
              return bytes;
            },
            CacheFault.ENTRY_FORMAT_UNKNOWN),
        new Damage("f19 empty binary", bytes -> new byte[0], CacheFault.ENTRY_CORRUPT));
  }

  @ParameterizedTest
  @MethodSource("damages")
  void f12_f13_f14_f16_f17_f19_damagedEntry_isMissAndReplaced(Damage damage) {
    for (Kind kind : Kind.values()) {
      String question = "by " + kind;
      assertThat(ask(fresh(), question)).isEqualTo("" + answers.get());
      replaceBody(
          body ->
              AttributeValue.fromB(
                  SdkBytes.fromByteArray(damage.how.apply(body.b().asByteArray()))));
      isMissAndReplaced(kind, question, damage.named);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"string", "null", "number"})
  void f18_bodyOfAnotherType_isMissAndReplaced(String type) {
    for (Kind kind : Kind.values()) {
      String question = "by " + kind;
      ask(fresh(), question);
      replaceBody(
          body ->
              switch (type) {
                case "string" -> AttributeValue.fromS("x");
                case "null" -> AttributeValue.fromNul(true);
                default -> AttributeValue.fromN("1");
              });
      isMissAndReplaced(kind, question, CacheFault.ENTRY_CORRUPT);
    }
  }

  /** One user's entry, byte for byte, in the place of another's. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void f15_entryOfAnotherOwner_isMiss(Kind kind) {
    CacheScope bob = CacheScope.user("bob").endpoint("chat");
    ask(fresh(), "question");
    AttributeValue alices = Objects.requireNonNull(items().values().iterator().next().get("b"));
    call(fresh(), bob, "question");
    replaceBody(body -> alices);
    BedrockCache cache = cache(throughProxy(kind));
    assertThat(Caller.text(call(cache, bob, "question"))).isEqualTo("3");
    assertThat(faults(cache)).containsEntry(CacheFault.ENTRY_CHECKSUM, 1L);
  }

  /** An entry that says it is small and inflates to more is not inflated beyond what it said. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void f20_entryWithoutEnd_isMiss(Kind kind) {
    ask(fresh(), "question");
    replaceBody(
        body -> {
          byte[] bytes = Arrays.copyOf(body.b().asByteArray(), 300_000);
          return AttributeValue.fromB(SdkBytes.fromByteArray(bytes));
        });
    isMissAndReplaced(kind, "question", CacheFault.ENTRY_CHECKSUM);
  }

  /** The TTL attribute is for DynamoDB's housekeeping: the life is in the envelope. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void s_j_ttlAttributeEdited_lifeIsNotLonger(Kind kind) {
    ask(fresh(), "question");
    items()
        .values()
        .forEach(
            item -> {
              Map<String, AttributeValue> changed = new HashMap<>(item);
              changed.put("ttl", AttributeValue.fromN("99999999999"));
              dynamo().putItem(put -> put.tableName(table).item(changed));
            });
    assertThat(ask(cache(throughProxy(kind)), "question")).isEqualTo("1");
    time.advance(TtlPolicy.DEFAULT_TTL);
    assertThat(ask(cache(throughProxy(kind)), "question")).isEqualTo("2");
  }

  private void isMissAndReplaced(Kind kind, String question, CacheFault named) {
    int calls = bedrock.requests();
    BedrockCache cache = cache(throughProxy(kind));
    String answer = ask(cache, question);
    assertThat(answer).isEqualTo("" + answers.get());
    assertThat(bedrock.requests()).isEqualTo(calls + 1);
    assertThat(faults(cache)).containsEntry(named, 1L);
    assertThat(ask(fresh(), question)).isEqualTo(answer);
    assertThat(bedrock.requests()).isEqualTo(calls + 1);
  }

  /** Changes the envelope of every item. */
  private void replaceBody(UnaryOperator<AttributeValue> change) {
    items()
        .values()
        .forEach(
            item -> {
              Map<String, AttributeValue> changed = new HashMap<>(item);
              changed.computeIfPresent("b", (name, body) -> change.apply(body));
              dynamo().putItem(put -> put.tableName(table).item(changed));
            });
  }
}
