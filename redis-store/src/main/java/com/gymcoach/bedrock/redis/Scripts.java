package com.gymcoach.bedrock.redis;

import com.gymcoach.bedrock.cache.spi.store.Marker;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Runs scripts on the store's connection. Reports failures through the future, never throws. */
final class Scripts {
  private final Links links;
  private final byte[] trusted;

  /** The number of the last request: unlike those of other processes. */
  private final AtomicLong requests = new AtomicLong(Marker.random().high());

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
   * @return the reply, which begins with the number of the request. Fails if it is the reply to
   *     another one, even an earlier one about the same keys: its markers might be old
   */
  CompletableFuture<List<Object>> run(Script script, byte[][] keys, byte[]... args) {
    byte[] number = RedisLayout.bytes(Long.toHexString(requests.incrementAndGet()));
    byte[][] numbered = Arrays.copyOf(args, args.length + 1);
    numbered[args.length] = number;
    return links
        .get()
        .thenCompose(link -> run(link, script, keys, numbered))
        .thenApply(
            reply -> {
              if (reply.isEmpty()
                  || !(reply.get(0) instanceof byte[] first)
                  || !Arrays.equals(first, number)) {
                throw new IllegalStateException("Redis replied to another request");
              }
              return reply;
            });
  }

  /**
   * Gives the connection up if it leads to a replica. After a failover, a name may lead to the new
   * primary, while the connection to the old one stays.
   */
  private CompletableFuture<List<Object>> run(
      Link link, Script script, byte[][] keys, byte[][] args) {
    return link.run(script, keys, args)
        .whenComplete(
            (reply, failure) -> {
              if (failure != null && RedisFailures.isOfAReplica(failure)) {
                links.replace(link);
              }
            });
  }

  Links links() {
    return links;
  }
}
