package org.example;

import java.net.URI;
import java.util.List;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.CommandLineRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import reactor.core.publisher.Flux;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** Both clients as beans of the service, and the same stream asked for twice. */
@Configuration
@Profile("own-clients")
public class OwnClients {
  @Bean
  BedrockRuntimeClient sync(@Value("${endpoint}") URI endpoint) {
    return BedrockRuntimeClient.builder().endpointOverride(endpoint).build();
  }

  @Bean
  BedrockRuntimeAsyncClient async(@Value("${endpoint}") URI endpoint) {
    return BedrockRuntimeAsyncClient.builder()
        .endpointOverride(endpoint)
        .httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1))
        .build();
  }

  @Bean
  CommandLineRunner streamsTwice(ChatModel model) {
    return arguments -> {
      for (int call = 1; call <= 2; call++) {
        Flux<String> stream = model.stream("How do I squat?");
        List<String> texts = stream.collectList().block();
        System.out.println("stream: " + String.join("", texts));
      }
    };
  }
}
