package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** An unconfigured mock returns null from each method. */
class MockedClientTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  private final BedrockCache cache = BedrockCache.builder().store(new FakeStore()).build();

  private static <T> T mock(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> nothing()));
  }

  private static @Nullable Object nothing() {
    return null;
  }

  @Test
  void converse_whenTheClientReturnsNull_returnsNull() {
    BedrockRuntimeClient client =
        CachingBedrockClient.create(mock(BedrockRuntimeClient.class), cache).forScope(ALICE);
    assertThat(client.converse(FakeBedrock.ask("one"))).isNull();
    assertThat(cache.stats().hotEntries()).isZero();
    assertThat(cache.stats().faults()).isEmpty();
  }
}
