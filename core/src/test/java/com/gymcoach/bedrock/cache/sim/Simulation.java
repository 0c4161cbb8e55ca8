package com.gymcoach.bedrock.cache.sim;

import com.gymcoach.bedrock.cache.sim.History.Invalidated;
import com.gymcoach.bedrock.cache.sim.Schedule.Call;
import com.gymcoach.bedrock.cache.sim.Schedule.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Runs one schedule twice, on the bare client and through the caches, and judges each caller's
 * answer in the second run by the first. The same seed always runs the same way.
 */
final class Simulation {
  /** How long a run continues after its last step: as long as three flights that hang. */
  private static final long AFTERWARDS = 1_200_000_000_000L;

  private static final long RETRY = 1_000_000;
  private static final int MAX_DEPTH = 4;

  private final Schedule schedule;
  private final EventLoop loop;
  private final History history;
  private final Coverage coverage;
  private final SimStore store;
  private final List<SimInstance> instances = new ArrayList<>();
  private final List<Caller> callers = new ArrayList<>();
  private @Nullable Violation violation;

  private Simulation(long seed, Schedule schedule, Coverage coverage, boolean logs) {
    SplittableRandom random = new SplittableRandom(~seed);
    this.schedule = schedule;
    this.coverage = coverage;
    this.loop = new EventLoop(random.split(), logs);
    this.history = new History(loop, coverage);
    this.store = new SimStore(loop, random.split(), coverage, schedule.options().storeFaults());
    Planted.in(store);
    for (int number = 0; number < schedule.options().instances(); number++) {
      instances.add(
          new SimInstance(
              number, schedule.options(), loop, history, coverage, store, random.split()));
    }
  }

  /**
   * What became of a schedule.
   *
   * @param violation the broken promise, or null
   * @param log what happened, if that was wanted
   */
  record Outcome(long seed, @Nullable Throwable violation, List<String> log) {}

  static Outcome run(long seed, Coverage coverage, boolean logs) {
    Schedule schedule = Schedule.of(seed);
    List<Caller> bare = bare(seed, schedule);
    Simulation simulation = new Simulation(seed, schedule, coverage, logs);
    Throwable violation = null;
    try {
      simulation.run(bare);
    } catch (Violation | RuntimeException broken) {
      violation = broken;
    }
    return new Outcome(seed, violation, simulation.loop.logged());
  }

  /** Runs the schedule's calls on the bare client. */
  private static List<Caller> bare(long seed, Schedule schedule) {
    EventLoop loop = new EventLoop(new SplittableRandom(seed), false);
    History history = new History(loop, new Coverage());
    SimBedrock[] clients = {new SimBedrock(loop, history, 0), new SimBedrock(loop, history, 1)};
    List<Caller> callers = new ArrayList<>();
    for (Step step : schedule.steps()) {
      if (step instanceof Call call) {
        Caller caller = new Caller(call, loop, ended -> {});
        callers.add(caller);
        loop.after(
            call.at(), () -> loop.as(caller, () -> caller.ask(clients[call.question().client()])));
      } else if (step instanceof Schedule.Cancel cancel) {
        loop.after(cancel.at(), () -> callers.get(cancel.caller()).cancel());
      }
    }
    loop.runUntil(() -> false, Long.MAX_VALUE);
    return callers;
  }

  private void run(List<Caller> bare) {
    Oracle oracle = new Oracle(schedule.options(), history, instances, bare, coverage);
    loop.log(() -> schedule.options().toString());
    for (Step step : schedule.steps()) {
      if (step instanceof Call call) {
        Caller caller = new Caller(call, loop, ended -> judge(oracle, ended));
        callers.add(caller);
        history.add(caller);
      }
      loop.after(step.at(), () -> take(step));
    }
    long last = schedule.steps().stream().mapToLong(Step::at).max().orElseThrow();
    loop.runUntil(() -> violation != null || isOver(last), last + AFTERWARDS);
    if (violation != null) {
      throw violation;
    }
    for (Caller caller : callers) {
      if (!caller.hasEnded()) {
        oracle.judgeUnanswered(caller);
      }
    }
  }

  /** Judges a caller. Keeps a violation, because the code under test might catch an exception. */
  private void judge(Oracle oracle, Caller caller) {
    instances.get(caller.instance()).keepFences(caller);
    try {
      Caller twice = history.twice();
      if (twice != null) {
        throw new Violation(twice + " has made two calls to Bedrock");
      }
      oracle.judge(caller);
    } catch (Violation found) {
      violation = violation == null ? found : violation;
    }
  }

  private boolean isOver(long last) {
    if (loop.now() <= last || loop.depth() > 1) {
      return false;
    }
    for (Caller caller : callers) {
      if (!caller.hasEnded() && !isForsaken(caller)) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether nothing can end a call, as nothing would end the bare client's. */
  private boolean isForsaken(Caller caller) {
    return caller.call().timeout() == null
        && caller.call().plan().treatment() == Schedule.Treatment.HANGS
        && history.latest(caller) != null;
  }

  private void take(Step step) {
    SimInstance instance = instances.get(step.instance());
    if (step instanceof Call call) {
      instance.ask(callers.get(call.number()));
    } else if (step instanceof Schedule.Cancel cancel) {
      cancel(callers.get(cancel.caller()));
    } else if (step instanceof Schedule.Invalidate invalidate) {
      if (loop.depth() > MAX_DEPTH) { // a chain of callers, each of which waits for the next
        loop.after(RETRY, () -> take(step));
      } else {
        instance.invalidate(invalidate.user(), invalidate.endpoint());
      }
    } else if (step instanceof Schedule.Purge) {
      loop.log(() -> "an operator invalidates everything");
      history.disturb();
      store.purge();
      history.add(new Invalidated(-1, null, -1, loop.now(), loop.now(), loop.nextOrder(), true));
    } else if (step instanceof Schedule.Jump jump) {
      instance.jump(jump.millis());
    } else if (step instanceof Schedule.Close) {
      instance.close();
    } else if (step instanceof Schedule.Forget) {
      instance.forget();
    } else if (step instanceof Schedule.Switch change) {
      if (change.live()) {
        store.settings(change.off() ? "{\"mode\":\"off\"}" : "");
      } else {
        instance.switchOff(change.off());
      }
    } else if (step instanceof Schedule.Evict) {
      store.evict();
    } else if (step instanceof Schedule.Weather weather) {
      instance.weather(weather.executorRefuses(), weather.sinkThrows(), weather.storeDown());
    }
  }

  private void cancel(Caller caller) {
    if (!caller.hasEnded()) {
      coverage.hit(Fault.CANCELLED, caller);
      caller.cancel();
    }
  }
}
