package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A store that gives each reader the reply to another's request, as a connection does on which an
 * aborted request left its reply. Not thread-safe.
 */
final class PoisonedStore extends ForwardingStore {
  private record WaitStrategy(StoreQuery query, CompletableFuture<StoreRead> reply) {}

  private final List<WaitStrategy> waiting = new ArrayList<>();

  PoisonedStore(FakeStore store) {
    super(store);
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query) {
    WaitStrategy one = new WaitStrategy(query, new CompletableFuture<>());
    waiting.add(one);
    return one.reply;
  }

  /** Answers all who are waiting, each with what is another's. */
  void reply() {
    List<WaitStrategy> now = List.copyOf(waiting);
    waiting.clear();
    for (int i = 0; i < now.size(); i++) {
      StoreQuery anothers = now.get((i + 1) % now.size()).query;
      now.get(i).reply.complete(store.read(anothers).toCompletableFuture().join());
    }
  }

  /** The test says when there is a reply, however long that takes. */
  @Override
  public Duration readBudget() {
    return Duration.ofHours(1);
  }
}
