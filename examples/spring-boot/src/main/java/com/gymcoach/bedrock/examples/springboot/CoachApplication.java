package com.gymcoach.bedrock.examples.springboot;

import com.gymcoach.bedrock.cache.CacheOutcome;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Profile;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A service with users of Spring Security. The starter puts the cache in front of its client. */
@SpringBootApplication
public class CoachApplication {
  /** Starts the service. */
  public static void main(String[] args) {
    SpringApplication.run(CoachApplication.class, args);
  }

  /** The client, as a service without the cache has it. */
  @Bean
  @Profile("!local")
  BedrockRuntimeClient bedrock() {
    return BedrockRuntimeClient.create();
  }

  /** The client for the table that this service shares with others of its kind. */
  @Bean
  @Profile("!local")
  DynamoDbClient dynamoDb() {
    return DynamoDbClient.create();
  }

  /** Two users to try it with. */
  @Bean
  UserDetailsService users() {
    return new InMemoryUserDetailsManager(
        User.withUsername("ann").password("{noop}ann").build(),
        User.withUsername("bob").password("{noop}bob").build());
  }

  /** Asks the model. */
  @RestController
  static class Coach {
    private final BedrockRuntimeClient bedrock;

    Coach(BedrockRuntimeClient bedrock) {
      this.bedrock = bedrock;
    }

    @GetMapping("/ask")
    ResponseEntity<String> ask(@RequestParam("question") String question) {
      ConverseResponse answer =
          bedrock.converse(
              request ->
                  request
                      .modelId("amazon.nova-lite-v1:0")
                      .messages(
                          Message.builder()
                              .role(ConversationRole.USER)
                              .content(ContentBlock.fromText(question))
                              .build()));
      return ResponseEntity.ok()
          .header("Cache-Status", CacheOutcome.of(answer).headerValue())
          .body(answer.output().message().content().get(0).text() + "\n");
    }
  }
}
