package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * An operator's marker whose first attempt is made and seems to fail, so that it is sent again,
 * after another invalidation: what that one has invalidated does not come back.
 */
class RepeatedMarksTest extends WarmTierFixture {
  private static final Duration DELAY = Duration.ofSeconds(10);
  private static final CacheScope USER = CacheScope.user("alice");

  /** Done when the first attempt has been made. */
  private final AtomicReference<@Nullable Runnable> between = new AtomicReference<>();

  RepeatedMarksTest() {
    super(Way.SYNC);
  }

  /** What an operator does. */
  private enum Task {
    ERASE,
    PURGE
  }

  private final class LostReply implements ExecutionInterceptor {
    @Override
    public SdkHttpResponse modifyHttpResponse(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      Runnable meanwhile =
          context.request() instanceof UpdateItemRequest ? between.getAndSet(null) : null;
      if (meanwhile == null) {
        return context.httpResponse();
      }
      meanwhile.run();
      return context.httpResponse().toBuilder().statusCode(500).build();
    }
  }

  private CacheAdmin admin() {
    DynamoDbClient client =
        Dynamo.configured(DynamoDbClient.builder(), Dynamo.local().endpoint())
            .httpClient(Apache5HttpClient.create())
            .overrideConfiguration(
                o ->
                    o.retryStrategy(DefaultRetryStrategy.doNotRetry())
                        .addExecutionInterceptor(new LostReply()))
            .build();
    return CacheAdmin.builder().client(closing(client)).tableName(table).build();
  }

  private BedrockCache instance() {
    return closing(
        BedrockCache.builder().store(store()).timeSource(time).invalidationDelay(DELAY).build());
  }

  @ParameterizedTest
  @EnumSource(Task.class)
  void mark_whenItIsSentAgain_doesNotUndoTheNextInvalidation(Task task) {
    BedrockCache remembering = instance();
    between.set(
        () -> {
          assertThat(ask(remembering, "question")).isEqualTo("1");
          if (task == Task.ERASE) {
            instance().invalidate(USER);
          } else {
            CacheAdmin.builder().client(dynamo()).tableName(table).build().purge();
          }
        });
    if (task == Task.ERASE) {
      assertThat(admin().erase(USER).left()).isZero();
    } else {
      assertThat(admin().purge()).isTrue();
    }
    assertThat(between.get()).isNull();
    time.advance(DELAY);
    assertThat(ask(remembering, "question")).isEqualTo("2");
  }
}
