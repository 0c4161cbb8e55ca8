package com.gymcoach.bedrock.spring;

import static com.gymcoach.bedrock.spring.LocalBedrock.question;

import com.gymcoach.bedrock.cache.CacheOutcome;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** A servlet application with two users, which knows nothing of the cache but its outcome. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({LocalBedrock.class, ServletApplication.Coach.class})
class ServletApplication {
  @Bean
  SecurityFilterChain security(HttpSecurity http) throws Exception {
    return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
        .httpBasic(Customizer.withDefaults())
        .csrf(AbstractHttpConfigurer::disable)
        .build();
  }

  @Bean
  UserDetailsService users() {
    return new InMemoryUserDetailsManager(
        User.withUsername("ann").password("{noop}secret").build(),
        User.withUsername("bob").password("{noop}secret").build());
  }

  /** Answers with the outcome of the call. */
  @RestController
  static class Coach {
    private final BedrockRuntimeClient bedrock;
    private final BedrockRuntimeAsyncClient bedrockAsync;

    Coach(BedrockRuntimeClient bedrock, BedrockRuntimeAsyncClient bedrockAsync) {
      this.bedrock = bedrock;
      this.bedrockAsync = bedrockAsync;
    }

    @GetMapping("/ask")
    String ask(@RequestParam("q") String question) {
      return CacheOutcome.of(bedrock.converse(question(question))).status().name();
    }

    /** Says where the answer came from, too. */
    @GetMapping("/source")
    String source(@RequestParam("q") String question) {
      CacheOutcome outcome = CacheOutcome.of(bedrock.converse(question(question)));
      return outcome.status() + " " + outcome.source();
    }

    @GetMapping("/ask-async")
    String askAsync(@RequestParam("q") String question) {
      return CacheOutcome.of(bedrockAsync.converse(question(question)).join()).status().name();
    }
  }
}
