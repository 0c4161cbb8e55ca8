package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Heads and parts that are not what was written: the caller gets a miss, at a bounded price. */
@ParameterizedClass
@EnumSource(Kind.class)
class DamagedPartsTest extends LargeEntriesFixture {
  DamagedPartsTest(Kind kind) {
    super(kind);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void read_whenAPartIsMissing_isBroken(int part) throws Exception {
    write(address, bytes(LARGE));
    delete(List.copyOf(items().values()).get(1 + part));
    assertBroken(read(address));
    assertThat(store.isAvailable()).isTrue();
  }

  static List<UnaryOperator<AttributeValue>> damages() {
    return List.of(
        body -> {
          byte[] bytes = body.b().asByteArray();
          bytes[bytes.length / 2] ^= 1;
          return AttributeValue.fromB(SdkBytes.fromByteArray(bytes));
        },
        body -> {
          byte[] bytes = body.b().asByteArray();
          return AttributeValue.fromB(
              SdkBytes.fromByteArray(Arrays.copyOf(bytes, bytes.length - 1)));
        },
        body -> {
          byte[] bytes = body.b().asByteArray();
          return AttributeValue.fromB(
              SdkBytes.fromByteArray(Arrays.copyOf(bytes, bytes.length + 1)));
        },
        body -> AttributeValue.fromS("x"),
        body -> AttributeValue.fromNul(true),
        body -> AttributeValue.fromM(Map.of()));
  }

  @Test
  void read_whenAPartIsNotWhatWasWritten_isBroken() throws Exception {
    byte[] envelope = bytes(LARGE);
    write(address, envelope);
    List<Map<String, AttributeValue>> items = List.copyOf(items().values());
    for (UnaryOperator<AttributeValue> damage : damages()) {
      for (Map<String, AttributeValue> part : items.subList(1, items.size())) {
        put(part, damage.apply(body(part)));
        assertBroken(read(address));
        put(part, body(part));
      }
    }
    assertIs(envelope, read(address));
  }

  @Test
  void read_whenTheHeadNamesTheWrongDigestOrLength_isBroken() throws Exception {
    write(address, bytes(LARGE));
    Map<String, AttributeValue> item = items().firstEntry().getValue();
    EntryHead head = Objects.requireNonNull(EntryHead.of(body(item)));
    for (EntryHead wrong :
        List.of(
            new EntryHead(head.parts(), head.bytes(), ALICE, UNTIL),
            new EntryHead(head.parts(), head.bytes() - 1, head.sha256(), UNTIL),
            new EntryHead(head.parts() - 1, 2 * 384 * 1024, head.sha256(), UNTIL),
            new EntryHead(head.parts() + 1, 4 * 384 * 1024, head.sha256(), UNTIL))) {
      put(item, wrong.attribute());
      assertBroken(read(address));
    }
  }

  /** It must not cost a request, nor memory. */
  @Test
  void read_whenTheHeadIsMalformed_isBrokenAfterOneRequest() throws Exception {
    write(address, bytes(LARGE));
    Map<String, AttributeValue> item = items().firstEntry().getValue();
    put(item, AttributeValue.fromM(Map.of("parts", AttributeValue.fromN("1000000"))));
    notes.made.clear();
    assertBroken(read(address));
    assertThat(notes.made).containsExactly("BatchGetItem");
  }

  /** So does a version of the library that does not know parts: it finds no bytes. */
  @Test
  void read_byAStoreThatAcceptsNoLargeEntries_isBrokenAfterOneRequest() throws Exception {
    write(address, bytes(LARGE));
    RequestNotes others = new RequestNotes();
    try (CacheStore other = others.store(kind, table).build()) {
      assertBroken(get(other.read(new StoreQuery(address, true, false))));
      assertThat(others.made).containsExactly("BatchGetItem");
    }
  }

  /** TTL deletes in any order: parts may be gone, which is no damage. */
  @Test
  void read_whenTheEntryHasExpired_isAbsentAfterOneRequest() throws Exception {
    write(address, bytes(LARGE));
    time.advance(Duration.between(NOW, UNTIL).minusSeconds(1));
    assertThat(read(address).envelope()).isNotEmpty();
    time.advance(Duration.ofSeconds(1));
    delete(items().lastEntry().getValue());
    notes.made.clear();
    StoreRead read = read(address);
    assertThat(read.envelope()).isNull();
    assertThat(read.entryUnread()).isFalse();
    assertThat(notes.made).containsExactly("BatchGetItem");
  }
}
