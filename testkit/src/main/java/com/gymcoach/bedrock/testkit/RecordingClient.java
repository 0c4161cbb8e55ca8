package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheScope;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;

/**
 * The client that a test is given. It sends each request to the cache of recordings in the scope of
 * its operation. It replaces the scope and the directive that the code under test has set.
 */
final class RecordingClient implements InvocationHandler {
  /** The operations that are recorded, by the name of their method. */
  private static final Map<String, CacheScope> SCOPES =
      Map.of(
          "converse", scope("Converse"),
          "converseStream", scope("ConverseStream"),
          "invokeModel", scope("InvokeModel"),
          "invokeModelWithResponseStream", scope("InvokeModelWithResponseStream"),
          "countTokens", scope("CountTokens"),
          "applyGuardrail", scope("ApplyGuardrail"),
          "invokeGuardrailChecks", scope("InvokeGuardrailChecks"));

  /** The notes of the test whose call begins on this thread. */
  private static final ThreadLocal<CallNotes> NOTES = new ThreadLocal<>();

  private final Object caching;
  private final CallNotes notes;

  private RecordingClient(Object caching, CallNotes notes) {
    this.caching = caching;
    this.notes = notes;
  }

  private static CacheScope scope(String operation) {
    return CacheScope.user("recordings").endpoint(operation);
  }

  /** Returns a client whose calls go to a caching client and belong to a test. */
  static <T> T of(Class<T> type, T caching, CallNotes notes) {
    Object client =
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, new RecordingClient(caching, notes));
    return type.cast(client);
  }

  /** Returns the notes of the test whose call begins on this thread. */
  static CallNotes notes() {
    CallNotes notes = NOTES.get();
    if (notes == null) {
      throw new IllegalStateException("A call began outside a test's client");
    }
    return notes;
  }

  /** Returns whether an object is such a client, and its calls belong to a test. */
  static boolean belongs(@Nullable Object object, CallNotes notes) {
    return object != null
        && Proxy.isProxyClass(object.getClass())
        && Proxy.getInvocationHandler(object) instanceof RecordingClient client
        && client.notes == notes;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (arguments != null && arguments.length > 0) {
      if (arguments[0] instanceof BedrockRuntimeRequest request) {
        return recorded(method, request, arguments);
      } else if (method.isDefault()) { // builds the request and calls the method above
        return InvocationHandler.invokeDefault(proxy, method, arguments);
      }
    }
    return switch (method.getName()) {
      case "close" -> null; // the extension closes what there is to close
      case "toString" -> "recorded Bedrock for " + notes.test();
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> arguments != null && proxy == arguments[0];
      default -> OriginClient.call(caching, method, arguments);
    };
  }

  private @Nullable Object recorded(
      Method method, BedrockRuntimeRequest request, Object[] arguments) throws Throwable {
    CacheScope scope = SCOPES.get(method.getName());
    if (scope == null) {
      throw new UnsupportedOperationException(
          "@RecordedBedrock does not record " + method.getName() + ": use a mock for it");
    }
    Object[] scoped = arguments.clone();
    scoped[0] = scope.applyTo(CacheControl.DEFAULT.applyTo(request));
    CallNotes before = NOTES.get();
    NOTES.set(notes);
    try {
      return OriginClient.call(caching, method, scoped);
    } finally {
      if (before == null) {
        NOTES.remove();
      } else {
        NOTES.set(before);
      }
    }
  }
}
