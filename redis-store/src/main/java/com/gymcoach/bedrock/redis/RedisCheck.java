package com.gymcoach.bedrock.redis;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Checks the server and the permissions. Reports each problem in a sentence that says what to do.
 * It uses a partition made for it, in the namespace {@code -check-}.
 */
final class RedisCheck {
  private static final int OLDEST = 7;

  private final RedisLayout layout;
  private final Scripts scripts;
  private final Marks marks;
  private final Duration limit;
  private final List<String> problems = new ArrayList<>();
  private final EntryAddress own;

  /**
   * Returns a check.
   *
   * @param limit the longest that a request may take
   */
  RedisCheck(RedisLayout layout, Scripts scripts, Duration limit) {
    this.layout = layout;
    this.scripts = scripts;
    this.marks = new Marks(layout, scripts);
    this.limit = limit;
    this.own =
        new EntryAddress(
            new Partition("-check-", Digest.of(twice(Marker.random())), Partition.WHOLE),
            "check",
            Digest.of(twice(Marker.random())));
  }

  private static byte[] twice(Marker marker) {
    byte[] bytes = new byte[2 * Marker.BYTES];
    System.arraycopy(marker.bytes(), 0, bytes, 0, Marker.BYTES);
    return bytes;
  }

  List<String> problems() {
    try {
      checkServer(info());
    } catch (CompletionException e) {
      problems.add(
          "Redis could not be looked at ("
              + RedisFailures.name(e)
              + "): check address, password, TLS and network, and that the user may call INFO.");
      return List.copyOf(problems);
    }
    tryReading();
    tryWriting();
    return List.copyOf(problems);
  }

  private Map<String, String> info() {
    byte[] key = layout.markersKey(own.partition());
    String text =
        inTime(
            scripts
                .links()
                .get()
                .thenCompose(link -> link.atNodeOf().apply(key))
                .thenCompose(node -> node.info()));
    Map<String, String> info = new HashMap<>();
    for (String line : text.split("\r?\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        info.put(line.substring(0, colon), line.substring(colon + 1));
      }
    }
    return info;
  }

  private void checkServer(Map<String, String> info) {
    String version = info.getOrDefault("redis_version", "0");
    if (major(version) < OLDEST) {
      problems.add("Redis has version " + version + ": use " + OLDEST + " or newer, or Valkey.");
    }
    if (!info.getOrDefault("role", "master").equals("master")) {
      problems.add(
          "The server is a replica: use the address of the primary, because a replica does not"
              + " know the latest invalidations.");
    }
    boolean isLimited = !info.getOrDefault("maxmemory", "0").equals("0");
    if (isLimited && "noeviction".equals(info.get("maxmemory_policy"))) {
      problems.add(
          "maxmemory-policy is noeviction: when the memory is full, writes and invalidations fail."
              + " Choose volatile-lru or volatile-ttl.");
    }
  }

  private static int major(String version) {
    int dot = version.indexOf('.');
    try {
      return Integer.parseInt(dot < 0 ? version : version.substring(0, dot));
    } catch (NumberFormatException strange) { // no version of Redis is so
      return 0;
    }
  }

  private void tryReading() {
    LookUp lookUp = new LookUp(layout, scripts, marks, 1);
    attempt("look up", lookUp.read(List.of(new StoreQuery(own, true, false))));
  }

  private void tryWriting() {
    byte[] markers = layout.markersKey(own.partition());
    byte[] index = layout.indexKey(own.partition());
    byte[] entry = layout.entryKey(own);
    Instant soon = Instant.now().plusSeconds(60);
    byte[] member = RedisLayout.bytes(RedisLayout.member(own));
    attempt("invalidate", marks.put(own.partition(), own.endpoint(), Marker.random(), soon));
    attempt(
        "write",
        scripts.run(
            Script.WRITE,
            new byte[][] {markers, index, entry},
            scripts.trusted(),
            Marks.seed(),
            member,
            RedisLayout.millis(soon),
            member));
    attempt(
        "delete",
        new Deletion(layout, scripts, limit.toMillis()).of(own.partition(), null, gone -> {}));
    attempt(
        "delete", scripts.run(Script.DELETE, new byte[][] {index, markers, index}, member, member));
  }

  private void attempt(String what, CompletionStage<?> request) {
    try {
      Object unused = inTime(request);
    } catch (CompletionException e) {
      String problem =
          "The store could not "
              + what
              + " ("
              + RedisFailures.name(e)
              + "): give the user the commands and keys of docs/redis.md.";
      if (!problems.contains(problem)) {
        problems.add(problem);
      }
    }
  }

  private <T> T inTime(CompletionStage<T> request) {
    CompletableFuture<T> own = request.toCompletableFuture().copy();
    return own.orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS).join();
  }
}
