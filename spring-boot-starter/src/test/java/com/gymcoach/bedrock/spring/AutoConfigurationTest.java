package com.gymcoach.bedrock.spring;

import static com.gymcoach.bedrock.spring.LocalBedrock.question;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;

/** Which beans there are, and what the clients among them do. */
class AutoConfigurationTest {
  private static final ScopeResolver ONE_USER = request -> CacheScope.user("u-1").endpoint("chat");

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(BedrockCacheAutoConfiguration.class))
          .withUserConfiguration(LocalBedrock.class);
  private final ApplicationContextRunner scoped =
      runner.withBean(ScopeResolver.class, () -> ONE_USER);

  @Test
  void clients_whenAskedTwice_shareOneCacheAndOneAnswer() {
    scoped.run(
        context -> {
          BedrockRuntimeClient sync = context.getBean(BedrockRuntimeClient.class);
          BedrockRuntimeAsyncClient async = context.getBean(BedrockRuntimeAsyncClient.class);

          CacheOutcome first = CacheOutcome.of(sync.converse(question("Squats?")));
          CacheOutcome second = CacheOutcome.of(async.converse(question("Squats?")).join());

          assertThat(sync).isInstanceOf(CachingBedrockClient.class);
          assertThat(async).isInstanceOf(CachingBedrockAsyncClient.class);
          assertThat(first.status()).isEqualTo(Status.MISS);
          assertThat(second.status()).isEqualTo(Status.HIT);
          assertThat(context.getBean(BedrockStandIn.class).requests()).isEqualTo(1);
          assertThat(context).hasSingleBean(BedrockCache.class);
        });
  }

  @Test
  void cachingClients_whenInjectedByTheirOwnTypes_areTheSameBeans() {
    scoped
        .withUserConfiguration(UsesCachingClients.class)
        .run(
            context -> {
              assertThat(context.getBean("syncName")).isEqualTo("bedrock bedrock");
              assertThat(context.getBeansOfType(BedrockRuntimeClient.class)).hasSize(1);
              assertThat(context.getBeansOfType(BedrockRuntimeAsyncClient.class)).hasSize(1);
            });
  }

  @Test
  void clients_whenDisabled_areLeftAsTheyAre() {
    scoped
        .withPropertyValues("bedrock.cache.enabled=false")
        .run(
            context -> {
              assertThat(context).doesNotHaveBean(BedrockCache.class);
              assertThat(context.getBean(BedrockRuntimeClient.class))
                  .isNotInstanceOf(CachingBedrockClient.class);
              assertThat(context.getBean(BedrockRuntimeAsyncClient.class))
                  .isNotInstanceOf(CachingBedrockAsyncClient.class);
            });
  }

  @Test
  void client_whenTheApplicationWrappedItItself_isNotWrappedAgain() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(BedrockCacheAutoConfiguration.class))
        .withUserConfiguration(WrapsItself.class)
        .run(
            context ->
                assertThat(context.getBean(CachingBedrockClient.class).delegate())
                    .isNotInstanceOf(CachingBedrockClient.class));
  }

  @Test
  void call_whenNothingSaysWhoShares_isNotCachedAndSaysSoOnce() {
    LoggedLines logged = LoggedLines.start();
    runner
        .withClassLoader(new FilteredClassLoader("org.springframework.security"))
        .run(
            context -> {
              BedrockRuntimeClient bedrock = context.getBean(BedrockRuntimeClient.class);
              bedrock.converse(question("Squats?"));
              CacheOutcome again = CacheOutcome.of(bedrock.converse(question("Squats?")));

              assertThat(again.reason()).contains(CacheReason.SCOPE_MISSING);
              assertThat(context.getBean(BedrockStandIn.class).requests()).isEqualTo(2);
            });

    assertThat(logged.stop()).singleElement().asString().contains("define a ScopeResolver bean");
  }

  @Test
  void beans_whenInitialisationIsLazy_areCreatedWithTheFirstClient() {
    scoped
        .withInitializer(
            context ->
                context.addBeanFactoryPostProcessor(
                    new LazyInitializationBeanFactoryPostProcessor()))
        .run(
            context -> {
              assertThat(context.getBeanFactory().containsSingleton("bedrockCache")).isFalse();
              assertThat(context.getBeanFactory().containsSingleton("bedrock")).isFalse();

              BedrockRuntimeClient bedrock = context.getBean(BedrockRuntimeClient.class);
              bedrock.converse(question("Squats?"));

              assertThat(CacheOutcome.of(bedrock.converse(question("Squats?"))).status())
                  .isEqualTo(Status.HIT);
            });
  }

  @Test
  void properties_whenSet_reachTheCache() {
    scoped
        .withPropertyValues(
            "bedrock.cache.mode=observe",
            "bedrock.cache.rollout-percent=25",
            "bedrock.cache.hot-max-bytes=2MB")
        .run(
            context -> {
              BedrockCache cache = context.getBean(BedrockCache.class);
              assertThat(cache.mode()).isEqualTo(CacheMode.OBSERVE);
              assertThat(cache.rolloutPercent()).isEqualTo(25);
              assertThat(cache.stats().hotMaxBytes()).isEqualTo(2 << 20);
            });
  }

  @Test
  void ttlByEndpoint_whenZero_keepsNoAnswerOfThatEndpoint() {
    scoped
        .withPropertyValues("bedrock.cache.ttl=1h", "bedrock.cache.ttl-by-endpoint.chat=0")
        .run(context -> assertThat(requestsOfTwoCalls(context)).isEqualTo(2));
  }

  @Test
  void beans_whenDefined_winOverProperties() {
    List<String> recorded = new CopyOnWriteArrayList<>();
    InMemoryCacheStore store = new InMemoryCacheStore();
    scoped
        .withPropertyValues("bedrock.cache.ttl=0", "bedrock.cache.dynamodb.table-name=unused")
        .withBean(CacheStore.class, () -> store)
        .withBean(TtlPolicy.class, () -> TtlPolicy.fixed(Duration.ofHours(1)))
        .withBean(CachePolicy.class, CachePolicy::standard)
        .withBean("first", MetricsSink.class, () -> event -> recorded.add("first"))
        .withBean("second", MetricsSink.class, () -> event -> recorded.add("second"))
        .withBean(BedrockCacheCustomizer.class, () -> builder -> builder.rolloutPercent(99))
        .run(
            context -> {
              assertThat(requestsOfTwoCalls(context)).isEqualTo(1);
              assertThat(recorded).containsExactlyInAnyOrder("first", "second", "first", "second");
              assertThat(context.getBean(BedrockCache.class).rolloutPercent()).isEqualTo(99);
              assertThat(context.getBean(BedrockCache.class).stats().total().stored()).isEqualTo(1);
            });
  }

  @Test
  void table_whenNamedAndAClientIsThere_isAskedAndItsFaultFailsNoCall() {
    scoped
        .withPropertyValues("bedrock.cache.dynamodb.table-name=table")
        .withBean(DynamoDbClient.class, BrokenDynamoDb::new)
        .run(
            context -> {
              assertThat(requestsOfTwoCalls(context)).isPositive();
              assertThat(context.getBean(BedrockCache.class).stats().faults())
                  .containsKey(CacheFault.STORE_READ_FAILED);
            });
  }

  @Test
  void cache_whenTheApplicationHasItsOwn_isThatOne() {
    BedrockCache own = BedrockCache.builder().build();
    scoped
        .withBean("own", BedrockCache.class, () -> own)
        .run(
            context -> {
              context.getBean(BedrockRuntimeClient.class).converse(question("Squats?"));
              assertThat(context.getBean(BedrockCache.class)).isSameAs(own);
              assertThat(own.stats().total().misses()).isEqualTo(1);
            });
  }

  @Test
  void close_whenTheContextCloses_closesTheWrappedClientBeforeTheCache() {
    List<CacheMode> modeAtClose = new CopyOnWriteArrayList<>();
    BedrockCache cache = BedrockCache.builder().build();
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(BedrockCacheAutoConfiguration.class))
        .withBean(
            BedrockRuntimeClient.class,
            () -> new ClosingClient(() -> modeAtClose.add(cache.mode())))
        .withBean(BedrockCache.class, () -> cache)
        .run(context -> assertThat(context).hasSingleBean(CachingBedrockClient.class));

    assertThat(modeAtClose).containsExactly(CacheMode.ON);
    assertThat(cache.mode()).isEqualTo(CacheMode.OFF);
  }

  private static int requestsOfTwoCalls(ApplicationContext context) {
    BedrockRuntimeClient bedrock = context.getBean(BedrockRuntimeClient.class);
    bedrock.converse(question("Squats?"));
    bedrock.converse(question("Squats?"));
    return context.getBean(BedrockStandIn.class).requests();
  }

  /** Injects the clients by the types with {@code forScope}. */
  @Configuration(proxyBeanMethods = false)
  static class UsesCachingClients {
    @Bean
    String syncName(CachingBedrockClient sync, CachingBedrockAsyncClient async) {
      return sync.serviceName() + " " + async.serviceName();
    }
  }

  /** Wraps its client without the starter. */
  @Configuration(proxyBeanMethods = false)
  static class WrapsItself {
    @Bean
    CachingBedrockClient bedrock(BedrockCache cache) {
      return CachingBedrockClient.create(new ClosingClient(() -> {}), cache);
    }
  }

  /** A client that says when it is closed. */
  private record ClosingClient(Runnable closing) implements BedrockRuntimeClient {
    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {
      closing.run();
    }
  }

  /** A client that fails each request. */
  private static final class BrokenDynamoDb implements DynamoDbClient {
    @Override
    public BatchGetItemResponse batchGetItem(BatchGetItemRequest request) {
      throw SdkClientException.create("No DynamoDB in this test");
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }
}
