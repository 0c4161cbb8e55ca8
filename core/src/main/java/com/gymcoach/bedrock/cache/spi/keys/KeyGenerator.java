package com.gymcoach.bedrock.cache.spi.keys;

import com.gymcoach.bedrock.cache.CallContext;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;

/**
 * Computes the part of a cache key that identifies the request. Needed only if the standard key,
 * which covers every modelled field, is too specific, for example because bodies contain a time
 * stamp. Everything else that can change the answer must stay in the key. Implement this interface:
 *
 * <pre>{@code
 * KeyGenerator withoutTimeStamp =
 *     (call, request) ->
 *         call.endpoint().equals("catalogue") && request instanceof InvokeModelRequest invoke
 *             ? invoke
 *                 .body()
 *                 .asUtf8String()
 *                 .replaceAll("\"sentAt\":\"[^\"]*\"", "")
 *                 .getBytes(StandardCharsets.UTF_8)
 *             : null; // the standard key
 * BedrockCache cache = BedrockCache.builder().keyGenerator(withoutTimeStamp).build();
 * }</pre>
 *
 * <p>The generator replaces only the fields of the request. The cache itself adds scope, endpoint,
 * {@code vary}, operation, model, client and namespace. A careless generator can therefore mix up
 * one user's answers at one endpoint, or answers that are shared anyway, but no others.
 *
 * <p>An implementation must be thread-safe and quick, and must not block: it runs on the caller's
 * thread before each look-up. It need not throw: it returns null for the standard key, and {@link
 * com.gymcoach.bedrock.cache.CachePolicy#mayServe} leaves a request out of the cache on purpose. If
 * it throws, the call goes to Bedrock with the reason {@code KEY_FAILED}, and the exception is
 * recorded as the fault {@code CALLBACK_FAILED}.
 */
@FunctionalInterface
public interface KeyGenerator {

  /**
   * Returns the bytes that identify a request, or null for the standard key. Requests with equal
   * bytes share an answer. A generator for only some endpoints returns null for the others. The
   * bytes never collide with a standard key. Never use {@code request.toString()}: the SDK omits
   * sensitive members from it, so that different prompts look the same.
   *
   * @param call the operation, model and endpoint, and whether all users share the answer
   * @param request the request
   */
  byte @Nullable [] keyOf(CallContext call, SdkRequest request);

  /**
   * Returns whether the key depends only on the call's context and the request's modelled fields.
   * If so, the cache may remember the key for equal requests instead of computing it again.
   * Defaults to false.
   */
  default boolean pure() {
    return false;
  }
}
