package com.gymcoach.bedrock.examples.replay.logs;

import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.examples.replay.logs.Answers.Verdict;
import com.gymcoach.bedrock.examples.replay.logs.LogRecord.Body;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Turns records into calls, one for each view. Not thread-safe. */
final class CallMaker {
  private static final int NONE = 0;

  /** The bytes around the text of an event. */
  private static final int EVENT = 67;

  private final PriceList prices;
  private final boolean namesEndpoint;
  private final boolean namesScope;
  private final Groups groups;
  private final Digests digests = new Digests();
  private long firstMillis = Long.MAX_VALUE;
  private long lastMillis = Long.MIN_VALUE;

  /**
   * Creates a maker.
   *
   * @param namesEndpoint whether request metadata names the endpoint; otherwise the role does
   * @param namesScope whether request metadata names the user; otherwise the identity does
   */
  CallMaker(PriceList prices, boolean namesEndpoint, boolean namesScope, Groups groups) {
    this.prices = prices;
    this.namesEndpoint = namesEndpoint;
    this.namesScope = namesScope;
    this.groups = groups;
  }

  long firstMillis() {
    return firstMillis;
  }

  long lastMillis() {
    return lastMillis;
  }

  /** Adds a record's call to each view. */
  void add(LogRecord logged, Map<View, SortedCalls> views) throws IOException {
    firstMillis = Math.min(firstMillis, logged.millis());
    lastMillis = Math.max(lastMillis, logged.millis());
    String endpoint = endpoint(logged);
    String scope = namesScope ? logged.scope() : logged.identity();
    int group = groups.of(logged.modelId(), endpoint);
    Body output = logged.output();
    Verdict verdict =
        output == null
            ? new Verdict(null, PriceTier.STANDARD)
            : Answers.judge(logged.operation(), logged.modelId(), output.copy());
    OptionalDouble usd = usd(logged, verdict.tier());
    int flags = Answers.isStream(logged.operation()) ? Call.STREAM : NONE;
    flags |= usd.isPresent() ? Call.PRICED : NONE;
    flags |= logged.failed() ? Call.FAILED : NONE;
    flags |= output == null && !logged.failed() ? Call.ANSWER_UNKNOWN : NONE;
    flags |= output != null && !logged.failed() && verdict.reason() == null ? Call.KEPT : NONE;
    flags |= scope == null || scope.isEmpty() ? Call.NO_SCOPE : NONE;
    Call call =
        new Call(
            0,
            0,
            logged.millis(),
            request(logged.requestId()),
            group,
            output == null ? 0 : answerBytes(logged, output),
            flags,
            usd.orElse(0));
    Body input = logged.input();
    if (input == null) {
      Digests.Key own = digests.of("unknown", logged.requestId()); // for a second delivery
      for (SortedCalls view : views.values()) {
        view.add(with(call, own, Call.UNKNOWN));
      }
      return;
    }
    String[] shared = {logged.operation(), logged.region(), logged.modelId(), endpoint};
    byte[] body = input.copy();
    CanonicalRequest request = CanonicalRequest.of(body, Answers.isConverse(logged.operation()));
    boolean lookedUp =
        Answers.isKnown(logged.operation()) && Answers.refusal(logged, request) == null;
    int more = lookedUp ? Call.LOOKED_UP : NONE;
    Digests.Key canonical = digests.of(request.bytes(), 0, request.length(), shared);
    Digests.Key scoped = digests.of(canonical, scope == null ? "" : scope);
    Analysis.sorted(views, View.EXACT)
        .add(with(call, digests.of(body, 0, body.length, shared), more));
    Analysis.sorted(views, View.SHARED).add(with(call, canonical, more));
    Analysis.sorted(views, View.SCOPED)
        .add(with(call, scoped, call.is(Call.NO_SCOPE) ? NONE : more));
  }

  private String endpoint(LogRecord logged) {
    String value = logged.endpoint();
    return namesEndpoint
        ? Groups.name(value == null ? "" : value)
        : Groups.ofIdentity(logged.identity());
  }

  /** A call that failed was not billed. */
  private OptionalDouble usd(LogRecord logged, PriceTier tier) {
    if (logged.failed()) {
      return OptionalDouble.of(0);
    }
    return logged.usage() == null
        ? OptionalDouble.empty()
        : prices.usd(logged.modelId(), tier, logged.usage());
  }

  /**
   * Returns the size of an answer as the table would have it, not compressed. The log has a
   * ConverseStream in one piece, the table has its events, at most one for each token.
   */
  private static int answerBytes(LogRecord logged, Body output) {
    boolean whole =
        logged.operation().equals("ConverseStream") && output.line()[output.from()] == '{';
    long events = whole && logged.usage() != null ? logged.usage().output() : 0;
    return (int) Math.min(Integer.MAX_VALUE / 2, output.length() + EVENT * events);
  }

  /** Returns a hash of a request's id, which needs no secret: the id says nothing. */
  private static long request(@Nullable String id) {
    if (id == null || id.isEmpty()) {
      return 0;
    }
    long hash = 0xcbf29ce484222325L; // FNV-1a, then mixed
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 32)) * 0x9e3779b97f4a7c15L;
    hash ^= hash >>> 29;
    return hash == 0 ? 1 : hash;
  }

  private static Call with(Call call, Digests.Key key, int flags) {
    return new Call(
        key.first(),
        key.second(),
        call.millis(),
        call.request(),
        call.group(),
        call.answerBytes(),
        call.flags() | flags,
        call.usd());
  }
}
