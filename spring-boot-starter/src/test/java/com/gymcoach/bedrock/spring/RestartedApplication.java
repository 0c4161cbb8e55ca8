package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import java.util.List;
import java.util.concurrent.Callable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** An application with lazy beans, run once and closed, as devtools does on each change. */
public final class RestartedApplication implements Callable<List<String>> {

  /** Returns what two calls see, and how much the cache has in memory. */
  @Override
  public List<String> call() {
    try (ConfigurableApplicationContext context =
        SpringApplication.run(
            Lazy.class,
            "--server.port=0",
            "--spring.main.web-application-type=servlet",
            "--spring.main.lazy-initialization=true",
            "--management.endpoints.web.exposure.include=*")) {
      boolean eager = context.getBeanFactory().containsSingleton("bedrock");
      Http http = new Http(context);
      String first = http.get("/ask?q=squats", "ann");
      String second = http.get("/ask?q=squats", "ann");
      String counts = http.get("/actuator/bedrockcache", "ann");
      return List.of(
          eager ? "eager" : "lazy",
          first,
          second,
          counts.contains("\"hotHits\":1") ? "counted" : counts,
          context.getBean(ScopeResolver.class).getClass().getClassLoader().getClass().getName(),
          context.getBean(BedrockCache.class).getClass().getClassLoader().getClass().getName());
    }
  }

  /** The servlet application with its own resolver, which is loaded again on each restart. */
  @Configuration(proxyBeanMethods = false)
  @Import(ServletApplication.class)
  static class Lazy {
    @Bean
    ScopeResolver scopes() {
      return request -> CacheScope.user("ann").endpoint("chat");
    }
  }
}
