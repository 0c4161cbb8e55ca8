package com.gymcoach.bedrock.benchmarks;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** Spring's own: {@code @Cacheable} on a bean's methods, the default key, Caffeine behind it. */
final class SpringAnswers implements Answers {
  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();
  private final Coach coach;

  SpringAnswers(BedrockRuntimeClient bedrock) {
    context.registerBean(
        BedrockRuntimeClient.class, () -> bedrock, bean -> bean.setDestroyMethodName(null));
    context.register(Caching.class, Coach.class);
    context.refresh();
    this.coach = context.getBean(Coach.class);
  }

  @Override
  public InvokeModelResponse invokeModel(String user, InvokeModelRequest request) {
    return coach.invokeModel(user, request);
  }

  @Override
  public ConverseResponse converse(String user, ConverseRequest request) {
    return coach.converse(user, request);
  }

  @Override
  public void close() {
    context.close();
  }

  /** The configuration of an application. */
  @Configuration(proxyBeanMethods = false)
  @EnableCaching
  static class Caching {
    @Bean
    CacheManager cacheManager() {
      CaffeineCacheManager manager = new CaffeineCacheManager("invoked", "conversed");
      manager.setCaffeine(
          Caffeine.newBuilder()
              .maximumSize(Approach.MAX_ENTRIES)
              .expireAfterWrite(Duration.ofHours(1)));
      return manager;
    }
  }

  /** The bean of an application. Not final, because Spring subclasses it. */
  static class Coach {
    private final BedrockRuntimeClient bedrock;

    Coach(BedrockRuntimeClient bedrock) {
      this.bedrock = bedrock;
    }

    @Cacheable("invoked")
    public InvokeModelResponse invokeModel(String user, InvokeModelRequest request) {
      return bedrock.invokeModel(request);
    }

    @Cacheable("conversed")
    public ConverseResponse converse(String user, ConverseRequest request) {
      return bedrock.converse(request);
    }
  }
}
