package com.gymcoach.bedrock.examples.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Synthetic loads. Their descriptions say that they are made up. */
final class Loads {
  private static final long MINUTE = 60_000;

  private Loads() {}

  /**
   * The load test of GymCoach's current cache: 100 calls a minute for half an hour, by ten users
   * with five questions each.
   */
  static Trace seed() {
    Random random = new Random(1);
    List<Ask> asks = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      asks.add(
          new Ask(
              i * 600L,
              "user-" + random.nextInt(10),
              "chat",
              "question-" + random.nextInt(5),
              400,
              300));
    }
    return Trace.sorted(
        "seed",
        "made up: 100 calls a minute for 30 minutes, 10 users, each with 5 questions, all as likely",
        asks);
  }

  /**
   * A day of a fitness app. A user views the week's plan several times a day; each view requests it
   * again, unless it is cached. A page is sometimes reloaded. Chat messages hardly ever repeat.
   */
  static Trace gymcoach(int users) {
    Random random = new Random(2);
    List<Ask> asks = new ArrayList<>();
    for (int user = 0; user < users; user++) {
      String name = "user-" + user;
      long wakes = (6 * 60 + random.nextInt(120)) * MINUTE;
      int visits = 1 + random.nextInt(5);
      for (int visit = 0; visit < visits; visit++) {
        long time = wakes + random.nextInt(14 * 60) * MINUTE;
        visit(asks, random, name, time);
      }
    }
    return Trace.sorted(
        "gymcoach",
        "made up: a day of "
            + users
            + " users with 1 to 5 visits; each looks at its workout plan (70 %) and meal plan (40 %),"
            + " which are the same all day, reloads the page (25 %), and types up to four chat messages,"
            + " of which one in twenty is a word for word repeat",
        asks);
  }

  private static void visit(List<Ask> asks, Random random, String user, long began) {
    long time = began;
    boolean workout = random.nextInt(100) < 70;
    boolean meals = random.nextInt(100) < 40;
    int views = random.nextInt(100) < 25 ? 2 : 1;
    for (int view = 0; view < views; view++) {
      if (workout) {
        asks.add(new Ask(time, user, "workout-plan", "plan", 600, 1_500));
      }
      if (meals) {
        asks.add(new Ask(time + 5_000, user, "meal-plan", "plan", 600, 1_400));
      }
      time += 20_000;
    }
    int messages = random.nextInt(5);
    for (int message = 0; message < messages; message++) {
      time += MINUTE;
      String prompt =
          random.nextInt(20) == 0 ? "again-" + random.nextInt(3) : "chat-" + random.nextLong();
      asks.add(new Ask(time, user, "chat", prompt, 500, 350));
    }
  }
}
