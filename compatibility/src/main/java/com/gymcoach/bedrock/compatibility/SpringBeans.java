package com.gymcoach.bedrock.compatibility;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** A Spring context that has both clients as beans. */
final class SpringBeans {
  private SpringBeans() {}

  /** Starts it and says how that went. */
  static String start(BedrockRuntimeClient sync, BedrockRuntimeAsyncClient async) {
    try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
      context.registerBean(BedrockRuntimeClient.class, () -> sync);
      context.registerBean(BedrockRuntimeAsyncClient.class, () -> async);
      context.refresh();
      boolean same =
          context.getBean(BedrockRuntimeClient.class) == sync
              && context.getBean(BedrockRuntimeAsyncClient.class) == async;
      return same ? "started" : "gives OTHER BEANS";
    } catch (RuntimeException | LinkageError failure) {
      return "FAILED: " + failure;
    }
  }
}
