package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.utils.builder.Buildable;

/** Fails when the SDK adds an operation that a decorator does not pass on. */
class DelegationCompletenessTest {

  static Stream<Method> operations() {
    return Stream.of(BedrockRuntimeClient.class, BedrockRuntimeAsyncClient.class)
        .flatMap(client -> Arrays.stream(client.getMethods()))
        .filter(m -> !Modifier.isStatic(m.getModifiers()) && !m.isBridge())
        // These come from the interface's own defaults, which call the ones that take a request.
        .filter(m -> Arrays.stream(m.getParameterTypes()).noneMatch(Consumer.class::equals))
        .filter(
            m ->
                m.getReturnType() != software.amazon.awssdk.core.SdkServiceClientConfiguration.class
                    && m.getReturnType()
                        != software.amazon.awssdk.awscore.AwsServiceClientConfiguration.class);
  }

  static Stream<Method> operationsOfAView() {
    return operations().filter(m -> !m.getName().equals("close")); // which does nothing there
  }

  @ParameterizedTest
  @MethodSource("operations")
  void everyOperation_reachesTheDelegate(Method operation) throws Exception {
    assertThat(reached(operation, false)).containsExactly(operation.getName());
  }

  @ParameterizedTest
  @MethodSource("operationsOfAView")
  void everyOperationOfAView_reachesTheDelegate(Method operation) throws Exception {
    assertThat(reached(operation, true)).containsExactly(operation.getName());
  }

  private static List<String> reached(Method operation, boolean view) throws Exception {
    List<String> reached = new ArrayList<>();
    Object delegate =
        Proxy.newProxyInstance(
            BedrockRuntimeClient.class.getClassLoader(),
            new Class<?>[] {clientOf(operation)},
            (proxy, method, arguments) -> {
              reached.add(method.getName());
              return method.getReturnType() == BedrockRuntimeServiceClientConfiguration.class
                  ? new FakeBedrock().serviceClientConfiguration()
                  : method.getReturnType() == CompletableFuture.class
                      ? CompletableFuture.completedFuture(null)
                      : null;
            });
    try (BedrockCache cache = BedrockCache.builder().build()) {
      Object client = wrapped(operation, delegate, cache, view);
      reached.clear();
      Object[] arguments =
          Arrays.stream(operation.getParameterTypes())
              .map(DelegationCompletenessTest::argument)
              .toArray();
      try {
        operation.invoke(client, arguments);
      } catch (InvocationTargetException e) {
        throw new AssertionError(operation.getName() + " is not passed on", e.getCause());
      }
    }
    return reached;
  }

  /** The methods of both clients' parent are of both. */
  private static Class<?> clientOf(Method operation) {
    return operation.getDeclaringClass() == BedrockRuntimeAsyncClient.class
        ? BedrockRuntimeAsyncClient.class
        : BedrockRuntimeClient.class;
  }

  private static Object wrapped(
      Method operation, Object delegate, BedrockCache cache, boolean view) {
    CacheScope scope = CacheScope.user("u-1");
    if (clientOf(operation) == BedrockRuntimeAsyncClient.class) {
      var async = CachingBedrockAsyncClient.create((BedrockRuntimeAsyncClient) delegate, cache);
      return view ? async.forScope(scope) : async;
    }
    var sync = CachingBedrockClient.create((BedrockRuntimeClient) delegate, cache);
    return view ? sync.forScope(scope) : sync;
  }

  /** A request, or nothing where a handler or a publisher is wanted. */
  private static @Nullable Object argument(Class<?> type) {
    try {
      return SdkRequest.class.isAssignableFrom(type)
          ? ((Buildable) type.getMethod("builder").invoke(null)).build()
          : null;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type.getName(), e);
    }
  }
}
