package com.gymcoach.bedrock.cache;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Options of one caching client, set when it is created. Used only during {@code create}. Not
 * thread-safe.
 */
public final class ClientOptions {
  private @Nullable String identity;
  private @Nullable Class<?> type;

  ClientOptions() {}

  /**
   * Names the wrapped client. Clients with the same name, region, endpoint and headers share
   * answers, in memory and in the store, whatever their interceptors, signers and providers are.
   * Change the name when their behaviour changes. If not set, a client whose configuration holds
   * classes that the cache does not know shares answers with no other client.
   *
   * @param name 1 to 64 of {@code A-Z a-z 0-9 . _ -}
   * @throws IllegalArgumentException if the name is not of that form
   */
  public ClientOptions identity(String name) {
    this.identity = Names.require("identity", Objects.requireNonNull(name, "identity"));
    return this;
  }

  /**
   * Makes the client share answers only with clients of the same class, if it has no {@link
   * #identity}. For code that wraps clients it knows nothing about, as a framework does: a client
   * that decorates another passes on its configuration and may still change its answers. The SDK's
   * own classes make no difference. Proxies count as one class.
   */
  public ClientOptions onlyClass(Class<?> type) {
    this.type = Objects.requireNonNull(type, "type");
    return this;
  }

  @Nullable String identity() {
    return identity;
  }

  /** Returns the part of the key that stands for the client's class, or an empty text. */
  String code() {
    return identity != null || type == null ? "" : ClientRules.code(type);
  }
}
