package com.gymcoach.bedrock.examples.load.day;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.gymcoach.bedrock.examples.load.Checker;
import com.gymcoach.bedrock.examples.local.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntSupplier;

/**
 * The users. They call the API over HTTP with their tokens and check the answers. The methods are
 * thread-safe.
 */
final class Visitors {
  static final int USERS = 40;
  private static final int QUESTIONS = 60;
  private static final int THREADS = 4;
  private static final Duration PAUSE = Duration.ofMillis(30);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** One call in 400 is an invalidation of the user's answers. */
  private static final int INVALIDATES = 400;

  /** A caller over HTTP does not know the process: it holds all of them to the same bound. */
  private static final int ANY_PROCESS = 0;

  private static final int INVALIDATING = 1;
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI api;
  private final Tokens tokens;
  private final Checker checker;
  private final Seen seen;
  private final IntSupplier minute;
  private final AtomicLong replies = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();

  /** Each call holds the read lock; the write lock waits until no call is in flight. */
  private final ReentrantReadWriteLock calls = new ReentrantReadWriteLock(true);

  private volatile boolean stopped;
  private volatile boolean storm;

  /**
   * Creates the users, who do not call yet.
   *
   * @param bound the time within which every process obeys an invalidation
   */
  Visitors(URI api, Tokens tokens, Duration bound, Seen seen, IntSupplier minute) {
    this.api = api;
    this.tokens = tokens;
    this.checker = new Checker(bound, 2);
    this.seen = seen;
    this.minute = minute;
  }

  /** Begins the calls. */
  void start() {
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(i);
      Thread thread = new Thread(() -> visit(random), "visitor-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  /** Ends the calls, and waits for those in flight. */
  void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join(PATIENCE.toMillis());
    }
  }

  /** Has users invalidate as often as they ask, or as usual. */
  void storm(boolean on) {
    storm = on;
  }

  /**
   * Runs an action while no call is in flight, so that no call that began before sees its effects.
   */
  void quietly(Runnable action) {
    calls.writeLock().lock();
    try {
      action.run();
    } finally {
      calls.writeLock().unlock();
    }
  }

  /** Returns the number of replies so far. */
  long replies() {
    return replies.get();
  }

  private void visit(Random random) {
    while (!stopped) {
      calls.readLock().lock();
      try {
        call(random);
      } catch (UncheckedIOException e) { // counted, which fails the day
        seen.reply(minute.getAsInt(), Seen.NO_REPLY);
      } finally {
        calls.readLock().unlock();
      }
      try {
        Thread.sleep(PAUSE.toMillis());
      } catch (InterruptedException e) { // the thread ends
        return;
      }
    }
  }

  private void call(Random random) {
    String user = "user-" + random.nextInt(USERS);
    if (random.nextInt(storm ? 2 : INVALIDATES) == 0) {
      invalidate(user);
    } else {
      // Small numbers are more frequent, as popular questions are.
      ask(new Question(user, (int) (QUESTIONS * random.nextDouble() * random.nextDouble())));
    }
  }

  private void ask(Question question) {
    long began = System.nanoTime();
    long notBefore = checker.notBefore(question.user(), ANY_PROCESS, began);
    HttpResponse<String> reply = post(question.user(), question.path(), question.body());
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    int now = minute.getAsInt();
    if (reply.statusCode() != 200) {
      seen.reply(now, reply.statusCode());
      return;
    }
    JsonNode body = read(reply.body());
    boolean isHit = body.path("cached").asBoolean();
    seen.answer(now, question.user(), isHit, took);
    String wrong =
        checker.wrong(question.user(), question.digest(), notBefore, question.answer(body), isHit);
    if (wrong != null) {
      seen.wrong(wrong + ", " + body.path("cacheSource").asText());
    }
  }

  /** Invalidates a user's answers, and returns the reply's status. */
  int invalidate(String user) {
    long began = System.currentTimeMillis();
    int status = post(user, "/api/ai/cache/invalidate", "{\"invalidateAll\":true}").statusCode();
    checker.invalidated(user, INVALIDATING, began, System.nanoTime(), status == 200);
    if (status == 200) {
      seen.invalidation(minute.getAsInt());
    } else {
      seen.reply(minute.getAsInt(), status);
    }
    return status;
  }

  private HttpResponse<String> post(String user, String path, String body) {
    String token = tokens.issue(user, false, Instant.now().plus(Tokens.LIFE));
    HttpRequest request =
        HttpRequest.newBuilder(api.resolve(path))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted during a call", e);
    } finally {
      replies.incrementAndGet();
    }
  }

  private static JsonNode read(String body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
