package com.gymcoach.bedrock.spring;

import static com.gymcoach.bedrock.spring.FakeClient.text;
import static com.gymcoach.bedrock.spring.LocalBedrock.question;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.support.SimpleThreadScope;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;

/** The ways in which an application can define a client. Each is cached, and only once. */
class ClientBeansTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(BedrockCacheAutoConfiguration.class))
          .withBean(ScopeResolver.class, () -> request -> CacheScope.user("u-1").endpoint("chat"));

  @Test
  void decorator_whenItIsGivenTheOtherBean_decoratesEveryAnswerAndIsCachedOnce() {
    runner
        .withUserConfiguration(ClientBeans.Decorated.class)
        .run(
            context -> {
              BedrockRuntimeClient decorated = context.getBean(BedrockRuntimeClient.class);
              BedrockRuntimeClient plain = context.getBean("plain", BedrockRuntimeClient.class);

              assertThat(text(plain.converse(question("Squats?")))).isEqualTo("plain");
              assertThat(text(decorated.converse(question("Squats?"))))
                  .isEqualTo("decorated plain");
              assertThat(text(decorated.converse(question("Squats?"))))
                  .isEqualTo("decorated plain");
              assertThat(context.getBean(BedrockCache.class).stats().total())
                  .satisfies(
                      total -> {
                        assertThat(total.misses()).isEqualTo(1);
                        assertThat(total.hits()).isEqualTo(2);
                      });
            });
  }

  @Test
  void decorator_whenItHasAClientOfItsOwn_sharesNoAnswersWithTheOtherBean() {
    runner
        .withBean("plain", BedrockRuntimeClient.class, () -> new FakeClient("plain"))
        .withBean(
            "decorated",
            BedrockRuntimeClient.class,
            () -> new ClientBeans.Decorator(new FakeClient("plain")))
        .run(
            context -> {
              BedrockRuntimeClient decorated =
                  context.getBean("decorated", BedrockRuntimeClient.class);
              context.getBean("plain", BedrockRuntimeClient.class).converse(question("Squats?"));

              assertThat(text(decorated.converse(question("Squats?"))))
                  .isEqualTo("decorated plain");
              assertThat(outcome(decorated)).isEqualTo(Status.HIT);
            });
  }

  @Test
  void clients_whenOneIsPrimaryAndOneQualified_answerForThemselves() {
    runner
        .withUserConfiguration(ClientBeans.TwoRegions.class)
        .run(
            context -> {
              context.getBean(BedrockRuntimeClient.class).converse(question("Squats?"));
              @SuppressWarnings("unchecked")
              List<String> injected = context.getBean("injected", List.class);

              assertThat(injected).containsExactly("first", "second");
              assertThat(context.getBeansOfType(BedrockRuntimeClient.class))
                  .containsOnlyKeys("first", "second")
                  .allSatisfy(
                      (name, client) ->
                          assertThat(client).isInstanceOf(CachingBedrockClient.class));
            });
  }

  @ParameterizedTest
  @ValueSource(classes = {ClientBeans.ScopedByInterface.class, ClientBeans.ScopedByClass.class})
  void client_whenItIsAScopedProxy_isCachedOnce(Class<?> application) {
    runner
        .withUserConfiguration(application)
        .withInitializer(
            context -> context.getBeanFactory().registerScope("refresh", new SimpleThreadScope()))
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertCachedOnce(context, context.getBean(BedrockRuntimeClient.class));
            });
  }

  @Test
  void client_whenItIsAProxy_isCachedOnce() {
    runner
        .withBean(BedrockRuntimeClient.class, () -> proxy(new FakeClient("proxied")))
        .run(context -> assertCachedOnce(context, context.getBean(BedrockRuntimeClient.class)));
  }

  @Test
  void client_whenAFactoryMakesIt_isCachedOnceAndClosedBeforeTheCache() {
    List<CacheMode> modeAtClose = new CopyOnWriteArrayList<>();
    runner
        .withBean(
            "bedrock",
            ClientBeans.ClientFactory.class,
            () -> new ClientBeans.ClientFactory(modeAtClose))
        .run(
            context -> {
              ClientBeans.ClientFactory factory = context.getBean(ClientBeans.ClientFactory.class);
              factory.cache = context.getBean(BedrockCache.class);
              assertCachedOnce(context, context.getBean(BedrockRuntimeClient.class));
            });

    assertThat(modeAtClose).containsExactly(CacheMode.ON);
  }

  @Test
  void client_whenItIsLazy_isNotCreatedBeforeItIsUsed() {
    runner
        .withUserConfiguration(ClientBeans.LazyClient.class)
        .run(
            context -> {
              assertThat(context.getBeanFactory().containsSingleton("bedrock")).isFalse();
              assertCachedOnce(context, context.getBean(ClientBeans.Coach.class).bedrock());
            });
  }

  @Test
  void client_whenItsClassIsTheApplications_isInjectedByTheInterface() {
    runner
        .withBean(FakeClient.class, () -> new FakeClient("own"))
        .withBean(ClientBeans.Coach.class)
        .run(
            context ->
                assertCachedOnce(context, context.getBean(ClientBeans.Coach.class).bedrock()));
  }

  @Test
  void resolver_whenItThrowsOrThereIsNoScope_costsNoAnswer() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(BedrockCacheAutoConfiguration.class))
        .withBean(BedrockRuntimeClient.class, () -> new FakeClient("plain"))
        .withBean(ScopeResolver.class, () -> ClientBeansTest::refuse)
        .run(
            context -> {
              BedrockRuntimeClient bedrock = context.getBean(BedrockRuntimeClient.class);

              assertThat(text(bedrock.converse(question("throw")))).isEqualTo("plain");
              assertThat(text(bedrock.converse(question("null")))).isEqualTo("plain");
              assertThat(context.getBean(BedrockCache.class).stats())
                  .satisfies(
                      stats -> {
                        assertThat(stats.total().bypasses()).isEqualTo(2);
                        assertThat(stats.faults()).containsOnlyKeys(CacheFault.SCOPE_FAILED);
                      });
            });
  }

  private static @Nullable CacheScope refuse(BedrockRuntimeRequest request) {
    if (request.toString().contains("throw")) {
      throw new IllegalStateException("The resolver of this test fails");
    }
    return null;
  }

  @Test
  void clients_whenAChildContextHasItsOwn_shareTheCacheOfTheParent() {
    runner
        .withBean("plain", BedrockRuntimeClient.class, () -> new FakeClient("plain"))
        .run(
            parent -> {
              BedrockCache cache = parent.getBean(BedrockCache.class);
              try (AnnotationConfigApplicationContext child =
                  new AnnotationConfigApplicationContext()) {
                child.setParent(parent);
                child.registerBean("own", BedrockRuntimeClient.class, () -> new FakeClient("own"));
                child.registerBean(
                    ScopeResolver.class, () -> request -> CacheScope.user("u-2").endpoint("chat"));
                child.register(BedrockCacheAutoConfiguration.class);
                child.refresh();

                assertThat(outcome(parent.getBean("plain", BedrockRuntimeClient.class)))
                    .isEqualTo(Status.MISS);
                assertThat(outcome(child.getBean("own", BedrockRuntimeClient.class)))
                    .isEqualTo(Status.MISS);
                assertThat(cache.stats().total().misses()).isEqualTo(2);
                assertThat(cache.invalidate(CacheScope.user("u-2"))).isEqualTo(1);
              }
              assertThat(cache.mode()).isEqualTo(CacheMode.ON);
            });
  }

  private static Status outcome(BedrockRuntimeClient bedrock) {
    return CacheOutcome.of(bedrock.converse(question("Squats?"))).status();
  }

  private static void assertCachedOnce(ApplicationContext context, BedrockRuntimeClient bedrock) {
    assertThat(outcome(bedrock)).isEqualTo(Status.MISS);
    assertThat(outcome(bedrock)).isEqualTo(Status.HIT);
    assertThat(context.getBean(BedrockCache.class).stats().total())
        .satisfies(
            total -> {
              assertThat(total.requests()).isEqualTo(2);
              assertThat(total.bypasses()).isZero();
            });
  }

  private static BedrockRuntimeClient proxy(BedrockRuntimeClient target) {
    return (BedrockRuntimeClient)
        Proxy.newProxyInstance(
            ClientBeansTest.class.getClassLoader(),
            new Class<?>[] {BedrockRuntimeClient.class},
            (self, method, arguments) -> method.invoke(target, arguments));
  }
}
