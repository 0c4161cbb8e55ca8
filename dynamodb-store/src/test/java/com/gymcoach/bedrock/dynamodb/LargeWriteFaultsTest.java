package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.BeforeSend;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.dynamodb.FaultProxy.Mode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What can go wrong between the two requests of a write. The caller gets its answer. */
@ParameterizedClass
@EnumSource(Way.class)
class LargeWriteFaultsTest extends LargeAnswersFixture {
  LargeWriteFaultsTest(Way way) {
    super(way);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void write_whenItsPartsAreRefused_writesNoHead(Kind kind) {
    proxy.refuse("ProvisionedThroughputExceededException", "BatchWriteItem");
    assertThat(faults(asked(kind, "question")))
        .isEqualTo(Map.of(CacheFault.STORE_WRITE_FAILED, 1L));
    assertThat(items()).isEmpty();
    proxy.heal();
    asked(kind, "question");
    assertThat(heads()).hasSize(1);
    assertThat(answers).hasValue(2);
  }

  /** Throttling: DynamoDB does half of the batch, or nothing, and says so. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void write_whenPartsAreLeftUnprocessed_writesNoHead(Kind kind) {
    proxy.play(Mode.UNPROCESSING, "BatchWriteItem");
    assertThat(faults(asked(kind, "question")))
        .isEqualTo(Map.of(CacheFault.STORE_WRITE_FAILED, 1L));
    assertThat(items()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void write_whenItsHeadIsRefused_leavesPartsThatAreNotFoundAndAreDeleted(Kind kind) {
    proxy.refuse("ThrottlingException", "PutItem");
    assertThat(faults(asked(kind, "question")))
        .isEqualTo(Map.of(CacheFault.STORE_WRITE_FAILED, 1L));
    assertThat(heads()).isEmpty();
    assertThat(parts()).isPositive();
    assertThat(faults(asked(kind, "question")))
        .isEqualTo(Map.of(CacheFault.STORE_WRITE_FAILED, 1L));
    assertThat(answers).hasValue(2);
    proxy.heal();
    assertThat(cache(large(kind)).invalidate(ALICE)).isZero();
    assertThat(parts()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void write_whenItIsSlow_isCutAtTheBudgetAndFoundLater(Kind kind) {
    BedrockCache cache = hasty(large(kind));
    proxy.play(Mode.WITHHOLDING, "BatchWriteItem");
    assertThat(ask(cache, "question").equals(text)).isTrue();
    assertThat(faults(cache)).isEqualTo(Map.of(CacheFault.STORE_WRITE_TIMEOUT, 1L));
    assertThat(heads()).isEmpty();
    proxy.heal();
    proxy.release();
  }

  /** Two processes write different answers at once: one of them is there, whole. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void write_whenAnotherProcessWritesADifferentAnswer_keepsOneOfThem(Kind kind) throws Exception {
    Partition partition = ALICE.partitions("default", null).get(0);
    EntryAddress address = new EntryAddress(partition, "chat", new Digest(1, 2, 3, 4));
    byte[] one = text.getBytes(StandardCharsets.US_ASCII);
    byte[] other = text2.getBytes(StandardCharsets.US_ASCII);
    try (CacheStore first = patient(kind);
        CacheStore second = patient(kind)) {
      Instant until = Instant.now().plus(Duration.ofHours(1));
      for (int i = 0; i < 10; i++) {
        var writes = List.of(first.write(address, one, until), second.write(address, other, until));
        for (var write : writes) {
          write.toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
        byte[] read =
            first
                .read(new StoreQuery(address, true, false))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS)
                .envelope();
        assertThat(Arrays.equals(read, one) || Arrays.equals(read, other)).isTrue();
      }
    }
  }

  private CacheStore patient(Kind kind) {
    return kind.store(table).maxEnvelopeBytes(EntryParts.MAX_BYTES).build();
  }

  @Test
  void write_whenTheStoresThreadsAreBusyForItsHead_isRefusedAndNoFailureOfTheTable()
      throws Exception {
    EntryAddress address =
        new EntryAddress(ALICE.partitions("default", null).get(0), "chat", new Digest(1, 2, 3, 4));
    assertThat(
            entries(new OneTask())
                .write(address, new byte[1_000_000], Instant.now().plusSeconds(60), null)
                .apply(BeforeSend.OPEN)
                .get(30, TimeUnit.SECONDS))
        .isInstanceOf(StoreBusyException.class);
    assertThat(parts()).isEqualTo(3);
    assertThat(heads()).isEmpty();
  }
}
