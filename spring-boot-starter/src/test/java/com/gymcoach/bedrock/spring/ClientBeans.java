package com.gymcoach.bedrock.spring;

import static com.gymcoach.bedrock.spring.FakeClient.text;
import static com.gymcoach.bedrock.spring.LocalBedrock.question;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** Clients as applications define them. */
final class ClientBeans {
  private ClientBeans() {}

  /** A client that changes the answers of another, and passes on its configuration. */
  record Decorator(BedrockRuntimeClient next) implements BedrockRuntimeClient {
    @Override
    public ConverseResponse converse(ConverseRequest request) {
      return FakeClient.answer("decorated " + text(next.converse(request)));
    }

    @Override
    public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
      return next.serviceClientConfiguration();
    }

    @Override
    public String serviceName() {
      return next.serviceName();
    }

    @Override
    public void close() {}
  }

  /** One client bean that decorates the other. */
  @Configuration(proxyBeanMethods = false)
  static class Decorated {
    @Bean
    BedrockRuntimeClient plain() {
      return new FakeClient("plain");
    }

    @Bean
    @Primary
    BedrockRuntimeClient decorated(@Qualifier("plain") BedrockRuntimeClient plain) {
      return new Decorator(plain);
    }
  }

  /** Two clients of one type. */
  @Configuration(proxyBeanMethods = false)
  static class TwoRegions {
    @Bean
    @Primary
    BedrockRuntimeClient first() {
      return new FakeClient("first");
    }

    @Bean
    BedrockRuntimeClient second() {
      return new FakeClient("second", Region.EU_CENTRAL_1);
    }

    @Bean
    List<String> injected(
        BedrockRuntimeClient primary, @Qualifier("second") BedrockRuntimeClient other) {
      return List.of(
          text(primary.converse(question("Squats?"))), text(other.converse(question("Squats?"))));
    }
  }

  /** A client whose target is replaced from time to time, as with Spring Cloud's refresh scope. */
  @Configuration(proxyBeanMethods = false)
  static class ScopedByInterface {
    @Bean
    @Scope(scopeName = "refresh", proxyMode = ScopedProxyMode.INTERFACES)
    BedrockRuntimeClient bedrock() {
      return new FakeClient("scoped");
    }
  }

  /** The same, as Spring Cloud declares it. */
  @Configuration(proxyBeanMethods = false)
  static class ScopedByClass {
    @Bean
    @Scope(scopeName = "refresh", proxyMode = ScopedProxyMode.TARGET_CLASS)
    BedrockRuntimeClient bedrock() {
      return new FakeClient("scoped");
    }
  }

  /** Makes a client, and closes it. */
  static final class ClientFactory implements FactoryBean<BedrockRuntimeClient>, DisposableBean {
    private final List<CacheMode> modeAtClose;
    @Nullable BedrockCache cache;

    ClientFactory(List<CacheMode> modeAtClose) {
      this.modeAtClose = modeAtClose;
    }

    @Override
    public BedrockRuntimeClient getObject() {
      return new FakeClient("made");
    }

    @Override
    public Class<?> getObjectType() {
      return BedrockRuntimeClient.class;
    }

    @Override
    public void destroy() {
      modeAtClose.add(Objects.requireNonNull(cache).mode());
    }
  }

  /** A client that is created when it is called first. */
  @Configuration(proxyBeanMethods = false)
  static class LazyClient {
    @Bean
    @Lazy
    BedrockRuntimeClient bedrock() {
      return new FakeClient("lazy");
    }

    @Bean
    Coach coach(@Lazy BedrockRuntimeClient bedrock) {
      return new Coach(bedrock);
    }
  }

  record Coach(BedrockRuntimeClient bedrock) {}
}
