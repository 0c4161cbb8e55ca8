package com.gymcoach.bedrock.examples.load.day;

import java.util.Set;

/**
 * A part of the day.
 *
 * @param minutes how long it lasts
 * @param begin what happens at its beginning
 * @param end what happens at its end
 * @param expected its expected effects
 */
record Scene(String title, int minutes, Runnable begin, Runnable end, Expected expected) {
  /**
   * The expected effects of a scene.
   *
   * @param alarms the alarms that must go off; others must not
   * @param statuses the statuses besides 200 that users see; others they must not see
   * @param mostServed the most users that the cache may serve
   */
  record Expected(Set<String> alarms, Set<Integer> statuses, int mostServed) {
    static final Expected NOTHING = of(Set.of(), Set.of());

    static Expected of(Set<String> alarms, Set<Integer> statuses) {
      return new Expected(alarms, statuses, Visitors.USERS);
    }
  }

  /** Returns a quiet scene in which the cache serves only some users. */
  static Scene served(String title, int minutes, Runnable begin, int most) {
    Expected expected = new Expected(Set.of(), Set.of(), most);
    return new Scene(title, minutes, begin, () -> {}, expected);
  }

  /** Returns a scene in which users see answers only, and no alarm goes off. */
  static Scene quiet(String title, int minutes, Runnable begin) {
    return new Scene(title, minutes, begin, () -> {}, Expected.NOTHING);
  }
}
