package org.example;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.spring.ScopeResolver;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** A Spring Boot service with Spring AI's starter and the cache's. Asks the same twice. */
@SpringBootApplication
public class BootService {
  public static void main(String[] arguments) {
    SpringApplication.run(BootService.class, arguments).close();
  }

  @Bean
  ScopeResolver scopes() {
    return request -> CacheScope.user("u-1").endpoint("chat");
  }

  @Bean
  CommandLineRunner asksTwice(ChatModel model) {
    return arguments -> {
      for (int call = 1; call <= 2; call++) {
        System.out.println("answer: " + model.call("How do I squat?"));
      }
    };
  }
}
