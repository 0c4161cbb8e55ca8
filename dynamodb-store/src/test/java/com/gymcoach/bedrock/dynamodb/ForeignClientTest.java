package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Clients that are not the SDK's own: DAX's, a wrapper, a mock. They may say nothing of themselves.
 */
class ForeignClientTest extends WarmTierFixture {
  /** What such a client does when it is asked how it is configured. */
  enum Manner {
    THROWS,
    RETURNS_NULL
  }

  ForeignClientTest() {
    super(Way.SYNC);
  }

  private static <T> T wrapped(Class<T> type, T client, Manner manner) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              if (method.getName().equals("serviceClientConfiguration")) {
                if (manner == Manner.RETURNS_NULL) {
                  return null;
                }
                throw new UnsupportedOperationException();
              }
              try {
                return method.invoke(client, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  /** Returns null to everything, as a mock does. */
  private static <T> T mock(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> null));
  }

  private DynamoDbCacheStore store(DynamoDbClient client) {
    return Dynamo.store(table).client(client).build();
  }

  private void works(DynamoDbCacheStore store) {
    BedrockCache cache = closing(BedrockCache.builder().store(store).build());
    assertThat(ask(cache, "question")).isEqualTo("1");
    assertThat(CacheOutcome.of(call(fresh(), ALICE, "question")).source())
        .isEqualTo(CacheSource.WARM);
    assertThat(cache.invalidate(ALICE)).isEqualTo(1);
    assertThat(faults(cache)).isEmpty();
    assertThat(store.verify())
        .singleElement()
        .asString()
        .contains("does not say how it is configured");
  }

  @ParameterizedTest
  @EnumSource
  void build_whenASyncClientSaysNothingOfItself_works(Manner manner) {
    works(store(wrapped(DynamoDbClient.class, dynamo(), manner)));
  }

  @ParameterizedTest
  @EnumSource
  void build_whenAnAsyncClientSaysNothingOfItself_works(Manner manner) {
    DynamoDbAsyncClient async =
        closing(
            Dynamo.configured(
                    DynamoDbAsyncClient.builder(),
                    dynamo().serviceClientConfiguration().endpointOverride().orElseThrow())
                .build());
    works(Dynamo.store(table).client(wrapped(DynamoDbAsyncClient.class, async, manner)).build());
  }

  @ParameterizedTest
  @EnumSource
  void admin_whenAClientSaysNothingOfItself_works(Manner manner) {
    ask(fresh(), "question");
    CacheAdmin admin =
        CacheAdmin.builder()
            .client(wrapped(DynamoDbClient.class, dynamo(), manner))
            .tableName(table)
            .build();
    assertThat(admin.dryRun(ALICE)).isEqualTo(Map.of("chat", 1L));
    assertThat(admin.erase(ALICE).complete()).isTrue();
  }

  @Test
  void call_whenAClientReturnsNothing_isAMissWithAFault() {
    for (@Nullable DynamoDbCacheStore store :
        new DynamoDbCacheStore[] {
          store(mock(DynamoDbClient.class)),
          Dynamo.store(table).client(mock(DynamoDbAsyncClient.class)).build()
        }) {
      BedrockCache cache = closing(BedrockCache.builder().store(store).build());
      for (int i = 0; i < 20; i++) {
        ask(cache, "question " + i);
      }
      assertThat(faults(cache).keySet())
          .contains(CacheFault.STORE_READ_FAILED, CacheFault.STORE_UNAVAILABLE);
    }
  }
}
