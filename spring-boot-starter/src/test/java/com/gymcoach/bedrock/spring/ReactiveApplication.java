package com.gymcoach.bedrock.spring;

import static com.gymcoach.bedrock.spring.LocalBedrock.question;

import com.gymcoach.bedrock.cache.CacheOutcome;
import java.time.Duration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;

/** A reactive application with two users. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({LocalBedrock.class, ReactiveApplication.Coach.class})
class ReactiveApplication {
  @Bean
  SecurityWebFilterChain security(ServerHttpSecurity http) {
    return http.authorizeExchange(exchanges -> exchanges.anyExchange().permitAll())
        .httpBasic(Customizer.withDefaults())
        .csrf(ServerHttpSecurity.CsrfSpec::disable)
        .build();
  }

  @Bean
  MapReactiveUserDetailsService users() {
    return new MapReactiveUserDetailsService(
        User.withUsername("ann").password("{noop}secret").build(),
        User.withUsername("bob").password("{noop}secret").build());
  }

  /** Answers with the outcome of the call. */
  @RestController
  static class Coach {
    private final BedrockRuntimeAsyncClient bedrock;

    Coach(BedrockRuntimeAsyncClient bedrock) {
      this.bedrock = bedrock;
    }

    /** Calls in the chain that is returned. */
    @GetMapping("/ask")
    Mono<String> ask(@RequestParam("q") String question) {
      return outcome(question);
    }

    /** Calls on another thread than the one on which the request arrived. */
    @GetMapping("/ask-later")
    Mono<String> askLater(@RequestParam("q") String question) {
      return Mono.delay(Duration.ofNanos(1)).flatMap(tick -> outcome(question));
    }

    private Mono<String> outcome(String question) {
      return Mono.fromFuture(() -> bedrock.converse(question(question)))
          .map(answer -> CacheOutcome.of(answer).status().name());
    }
  }
}
