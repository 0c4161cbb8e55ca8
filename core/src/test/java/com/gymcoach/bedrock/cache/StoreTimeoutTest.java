package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/**
 * A store's request has its own time limit, equal to the budget for which the cache waits.
 * Whichever ends first, it is the same fault.
 */
class StoreTimeoutTest {
  private final FakeStore store = new FakeStore();
  private final FakeBedrock bedrock = new FakeBedrock();

  static Stream<Throwable> timeouts() {
    return Stream.of(
            new TimeoutException(),
            ApiCallTimeoutException.create(50),
            ApiCallAttemptTimeoutException.create(50))
        .flatMap(failure -> Stream.of(failure, new CompletionException(failure)));
  }

  @ParameterizedTest
  @MethodSource("timeouts")
  void read_whenTheStoresOwnLimitEndsIt_isAReadTimeout(Throwable timeout) {
    store.failReads = timeout;
    assertThat(faultsOfOneCall()).contains(CacheFault.STORE_READ_TIMEOUT);
  }

  @ParameterizedTest
  @MethodSource("timeouts")
  void write_whenTheStoresOwnLimitEndsIt_isAWriteTimeout(Throwable timeout) {
    store.failWrites = timeout;
    assertThat(faultsOfOneCall()).containsExactly(CacheFault.STORE_WRITE_TIMEOUT);
  }

  private Iterable<CacheFault> faultsOfOneCall() {
    try (BedrockCache cache = BedrockCache.builder().store(store).build()) {
      CachingBedrockClient.create(bedrock, cache, options -> options.identity("known"))
          .forScope(CacheScope.user("alice").endpoint("chat"))
          .converse(FakeBedrock.ask("Plan my week"));
      return cache.stats().faults().keySet();
    }
  }
}
