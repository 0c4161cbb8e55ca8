package com.gymcoach.bedrock.cache;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Options of one caching client, set when it is created. Used only during {@code create}. Not
 * thread-safe.
 */
public final class ClientOptions {
  private @Nullable String identity;

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

  @Nullable String identity() {
    return identity;
  }
}
