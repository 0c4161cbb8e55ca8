package com.gymcoach.bedrock.testkit;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;

/**
 * Stands behind the cache of recordings in place of Bedrock's client: asks Bedrock, or refuses. To
 * the cache it looks the same with any credentials, region and endpoint, because recordings are
 * found by their keys in a run that has none of these. A proxy has the operations of every SDK.
 */
final class OriginClient implements InvocationHandler {
  private static final BedrockRuntimeServiceClientConfiguration CONFIGURATION =
      BedrockRuntimeServiceClientConfiguration.builder().region(Region.US_EAST_1).build();

  private final boolean asks;
  private final Supplier<?> real;

  private OriginClient(boolean asks, Supplier<?> real) {
    this.asks = asks;
    this.real = real;
  }

  /**
   * Returns a client.
   *
   * @param type the sync or the async client's interface
   * @param asks whether Bedrock is asked
   * @param real supplies the client that asks it, of the same type
   */
  static <T> T of(Class<T> type, boolean asks, Supplier<? extends T> real) {
    Object client =
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, new OriginClient(asks, real));
    return type.cast(client);
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    return switch (method.getName()) {
      case "serviceClientConfiguration" -> CONFIGURATION;
      case "serviceName" -> "bedrock";
      case "close" -> null; // the recorder closes the real client
      case "toString" -> "recorded Bedrock";
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> arguments != null && proxy == arguments[0];
      default -> asks ? ask(method, arguments) : refused(method, arguments);
    };
  }

  private @Nullable Object ask(Method method, Object @Nullable [] arguments) throws Throwable {
    RecordedCall call = RecordedCall.current();
    if (call != null) {
      call.asked();
    }
    return call(real.get(), method, arguments);
  }

  /** Calls a method of another object, and throws what it throws. */
  static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      Throwable thrown = e.getCause();
      throw thrown == null ? e : thrown;
    }
  }

  /** Fails as the SDK's clients do: by the future, and first by the handler of a stream. */
  private static Object refused(Method method, Object @Nullable [] arguments) {
    RecordedCall call = RecordedCall.current();
    UnrecordedCallException failure =
        call == null
            ? UnrecordedCallException.of("A call is not recorded: " + method.getName())
            : call.unrecorded();
    if (!CompletableFuture.class.isAssignableFrom(method.getReturnType())) {
      throw failure;
    }
    for (Object argument : arguments == null ? new Object[0] : arguments) {
      if (argument instanceof EventStreamResponseHandler<?, ?> handler) {
        handler.exceptionOccurred(failure);
      }
    }
    return CompletableFuture.failedFuture(failure);
  }
}
