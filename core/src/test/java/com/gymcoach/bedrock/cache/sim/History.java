package com.gymcoach.bedrock.cache.sim;

import com.gymcoach.bedrock.cache.sim.Schedule.Plan;
import com.gymcoach.bedrock.cache.sim.Schedule.Treatment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

/** The history of a run: calls, requests to Bedrock, and invalidations. */
final class History {
  private static final Pattern TEXT = Pattern.compile("text (\\d+)");

  /** The numbers of calls in the background begin here; those of callers are their own. */
  private static final int FIRST_IN_BACKGROUND = 10_000;

  /** The numbers of callers' second calls begin here. */
  private static final int SECOND_CALLS = 5_000;

  /**
   * An invalidation.
   *
   * @param instance the number of the instance that did it, or -1 for an operator
   * @param user the user, or null for all of the namespace
   * @param endpoint the endpoint, or -1 for all
   * @param ended when it returned or threw
   * @param acknowledged whether it returned
   */
  record Invalidated(
      int instance,
      @Nullable Integer user,
      int endpoint,
      long began,
      long ended,
      long endedOrder,
      boolean acknowledged) {

    boolean covers(Question question) {
      return (user == null || user == question.user())
          && (endpoint < 0 || endpoint == question.endpoint());
    }
  }

  private final EventLoop loop;
  private final Coverage coverage;
  private final List<Caller> callers = new ArrayList<>();
  private final Map<Integer, Asked> calls = new HashMap<>();
  private final List<Invalidated> invalidated = new ArrayList<>();
  private boolean disturbed;
  private @Nullable Caller twice;
  private int inBackground = FIRST_IN_BACKGROUND;

  History(EventLoop loop, Coverage coverage) {
    this.loop = loop;
    this.coverage = coverage;
  }

  void add(Caller caller) {
    callers.add(caller);
  }

  List<Caller> callers() {
    return callers;
  }

  void add(Invalidated one) {
    invalidated.add(one);
  }

  /** Records that answers are about to leave memory before their time. */
  void disturb() {
    disturbed = true;
  }

  boolean hasDisturbed() {
    return disturbed;
  }

  List<Invalidated> invalidated() {
    return invalidated;
  }

  /** Returns the call to Bedrock with a number, or null if there was none. */
  @Nullable Asked call(int number) {
    return calls.get(number);
  }

  Iterable<Asked> calls() {
    return calls.values();
  }

  /** Records that Bedrock is asked. */
  Asked asked(Caller caller, boolean background, boolean cut, AwsRequest request) {
    Question question = asked(caller.question(), request);
    int number =
        background
            ? inBackground++
            : caller.call().number() + (mayAskAgain(caller, question) ? SECOND_CALLS : 0);
    loop.log(() -> caller + " asks Bedrock, call " + number);
    if (calls.containsKey(number)) {
      twice = caller;
    }
    Asked asked = new Asked(number, caller, question, background, cut, loop.now());
    calls.put(number, asked);
    return asked;
  }

  /**
   * Returns whether a caller may ask a second time: with its whole batch, after an answer to a part
   * of it that was cut short and cannot be joined with the rest.
   */
  private boolean mayAskAgain(Caller caller, Question question) {
    Asked first = calls.get(caller.call().number());
    return first != null
        && first.isCut()
        && first.answered() >= 0
        && !first.question().equals(question)
        && question.equals(caller.question());
  }

  /** Returns a caller that has made two calls to Bedrock where one is right, or null. */
  @Nullable Caller twice() {
    return twice;
  }

  /** Returns the call to Bedrock that a caller has made last, or null. */
  @Nullable Asked latest(Caller caller) {
    Asked second = calls.get(caller.call().number() + SECOND_CALLS);
    return second == null ? calls.get(caller.call().number()) : second;
  }

  boolean hasAskedAgain(Caller caller) {
    return calls.containsKey(caller.call().number() + SECOND_CALLS);
  }

  private static Question asked(Question question, AwsRequest request) {
    if (question.operation() != Operation.EMBEDDINGS) {
      return question;
    }
    byte[] body = ((InvokeModelRequest) request).body().asByteArrayUnsafe();
    Matcher text = TEXT.matcher(new String(body, StandardCharsets.UTF_8));
    int texts = 0;
    while (text.find()) {
      texts |= 1 << Integer.parseInt(text.group(1));
    }
    return new Question(
        Operation.EMBEDDINGS, texts, question.user(), question.endpoint(), question.client());
  }

  /** Records what Bedrock does to a call, and to those that wait for it. */
  void strikes(Plan plan, Activity activity, Caller caller) {
    Fault fault = fault(plan.treatment());
    if (fault != null) {
      coverage.hit(fault, activity);
    }
    if (plan.late()) {
      coverage.hit(Fault.BEDROCK_LATE, activity);
    }
    if (!activity.isBackground()) {
      loop.after(
          Math.min(plan.nanos(), 2_000_000_000L) - 1,
          () -> {
            for (Caller each : callers) {
              if (each.phase() == Phase.FOLLOW
                  && !each.hasEnded()
                  && each.instance() == caller.instance()
                  && each.question().equals(caller.question())) {
                if (fault != null) {
                  coverage.hit(fault, each);
                }
                if (plan.late()) {
                  coverage.hit(Fault.BEDROCK_LATE, each);
                }
              }
            }
          });
    }
  }

  private static @Nullable Fault fault(Treatment treatment) {
    return switch (treatment) {
      case ANSWERS -> null;
      case CUTS -> Fault.BEDROCK_CUTS;
      case FAILS -> Fault.BEDROCK_FAILS;
      case THROTTLES -> Fault.BEDROCK_THROTTLES;
      case HANGS -> Fault.BEDROCK_HANGS;
    };
  }
}
