package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executor;

/** A cache whose store keeps large entries in parts, and a Bedrock that answers at length. */
abstract class LargeAnswersFixture extends WarmTierFixture {
  final String text = text(1);
  final String text2 = text(2);

  LargeAnswersFixture(Way way) {
    super(way);
    bedrock.answerWith(
        request -> {
          answers.incrementAndGet();
          return Caller.reply(text);
        });
  }

  static String text(int seed) {
    StringBuilder text = new StringBuilder();
    new Random(seed).ints(900_000, 'a', 'z' + 1).forEach(c -> text.append((char) c));
    return text.toString();
  }

  DynamoDbCacheStore.Builder large(Kind kind) {
    return throughProxy(kind).maxEnvelopeBytes(EntryParts.MAX_BYTES);
  }

  List<String> heads() {
    return items().entrySet().stream()
        .filter(item -> item.getValue().get("b") != null && item.getValue().get("b").hasM())
        .map(Map.Entry::getKey)
        .toList();
  }

  long parts() {
    return items().keySet().stream().filter(key -> key.split("#", -1).length > 5).count();
  }

  /** Asks a cache that has nothing in memory; the answer is the one of Bedrock in each case. */
  BedrockCache asked(Kind kind, String question) {
    BedrockCache cache = cache(large(kind));
    assertThat(ask(cache, question).equals(text)).isTrue();
    return cache;
  }

  EntryAddress onlyAddress() {
    Partition partition = ALICE.partitions("default", null).get(0);
    String key = heads().get(0);
    StoredItem item = StoredItem.of(partition, key.substring(key.indexOf(' ') + 1));
    return Objects.requireNonNull(item).address();
  }

  /** Runs the first task on its caller's thread, and refuses the others. */
  static final class OneTask implements Executor {
    private int tasks;

    @Override
    public void execute(Runnable task) {
      if (tasks++ > 0) {
        throw new StoreBusyException();
      }
      task.run();
    }
  }

  LargeEntries entries(Executor threads) {
    return new LargeEntries(
        DynamoDbCalls.of(dynamo(), threads),
        layout(),
        timeout -> SingleAttempt.once(dynamo().serviceClientConfiguration(), Dynamo.PATIENT),
        SingleAttempt.once(dynamo().serviceClientConfiguration(), Dynamo.PATIENT),
        TimeSource.system());
  }

  TableLayout layout() {
    return new TableLayout(
        table,
        TableLayout.DEFAULT_PREFIX,
        TableLayout.AttributeNames.DEFAULT,
        EntryParts.upTo(EntryParts.MAX_BYTES));
  }

  CacheAdmin admin() {
    return CacheAdmin.builder()
        .client(closing(Dynamo.client(proxy.endpoint())))
        .tableName(table)
        .build();
  }
}
