package com.gymcoach.bedrock.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs scripts on the store's connection. Reports failures through the future, never throws. */
final class Scripts {
  private final Links links;
  private final byte[] trusted;

  /**
   * Returns scripts on a connection.
   *
   * @param trusted whether markers are trusted that another process of the server has kept
   */
  Scripts(Links links, boolean trusted) {
    this.links = links;
    this.trusted = RedisLayout.bytes(trusted ? "1" : "0");
  }

  /** Returns the argument of a script that says whether it trusts the markers of other servers. */
  byte[] trusted() {
    return trusted;
  }

  /**
   * Runs a script.
   *
   * @param keys all with one hash tag
   * @return the reply, which begins with the first key. Fails if it is the reply to another request
   */
  CompletableFuture<List<Object>> run(Script script, byte[][] keys, byte[]... args) {
    return links
        .get()
        .thenCompose(link -> link.run(script, keys, args))
        .thenApply(
            reply -> {
              if (!LookUp.belongsTo(keys[0], reply)) {
                throw new IllegalStateException("Redis replied to another request");
              }
              return reply;
            });
  }

  Links links() {
    return links;
  }
}
