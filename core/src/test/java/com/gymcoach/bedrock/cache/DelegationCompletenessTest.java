package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;

/** Fails when the SDK adds an operation that the decorator does not pass on. */
class DelegationCompletenessTest {

  static Stream<Method> operations() {
    return Arrays.stream(BedrockRuntimeClient.class.getMethods())
        .filter(m -> !Modifier.isStatic(m.getModifiers()) && !m.isBridge())
        // These come from the interface's own defaults, which call the ones that take a request.
        .filter(m -> Arrays.stream(m.getParameterTypes()).noneMatch(Consumer.class::equals))
        .filter(
            m ->
                m.getReturnType() != software.amazon.awssdk.core.SdkServiceClientConfiguration.class
                    && m.getReturnType()
                        != software.amazon.awssdk.awscore.AwsServiceClientConfiguration.class);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void everyOperation_reachesTheDelegate(Method operation) throws Exception {
    List<String> reached = new ArrayList<>();
    BedrockRuntimeClient delegate =
        (BedrockRuntimeClient)
            Proxy.newProxyInstance(
                BedrockRuntimeClient.class.getClassLoader(),
                new Class<?>[] {BedrockRuntimeClient.class},
                (proxy, method, arguments) -> {
                  reached.add(method.getName());
                  return method.getReturnType() == BedrockRuntimeServiceClientConfiguration.class
                      ? new FakeBedrock().serviceClientConfiguration()
                      : null;
                });
    try (BedrockCache cache = BedrockCache.builder().build()) {
      CachingBedrockClient client = CachingBedrockClient.create(delegate, cache);
      reached.clear();
      Object[] arguments = new Object[operation.getParameterCount()];
      for (int i = 0; i < arguments.length; i++) {
        Object builder = operation.getParameterTypes()[i].getMethod("builder").invoke(null);
        arguments[i] = ((software.amazon.awssdk.utils.builder.Buildable) builder).build();
      }
      try {
        operation.invoke(client, arguments);
      } catch (InvocationTargetException e) {
        throw new AssertionError(operation.getName() + " is not passed on", e.getCause());
      }
      assertThat(reached).containsExactly(operation.getName());
    }
  }
}
