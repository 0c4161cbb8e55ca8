package com.gymcoach.bedrock.cache.internal.env;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DaemonPoolsTest {
  private final InheritableThreadLocal<@Nullable String> user = new InheritableThreadLocal<>();

  @AfterEach
  void clear() {
    user.remove();
  }

  /** A thread of the pool later works for other users than the one whose call created it. */
  @Test
  @Timeout(60)
  void execute_whenTheCallerHasAnInheritableThreadLocal_doesNotPassItOn() {
    user.set("ann");
    CompletableFuture<@Nullable Void> allStarted = new CompletableFuture<>();
    List<CompletableFuture<@Nullable String>> seen = new ArrayList<>();
    for (int i = 0; i < 32; i++) { // together, so that they need threads that are new
      seen.add(
          CompletableFuture.supplyAsync(
              () -> {
                allStarted.join();
                return user.get();
              },
              DaemonPools.CALLERS));
    }
    allStarted.complete(null);

    assertThat(seen).allSatisfy(value -> assertThat(value.join()).isNull());
  }
}
