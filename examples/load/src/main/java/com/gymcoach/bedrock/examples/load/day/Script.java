package com.gymcoach.bedrock.examples.load.day;

import com.gymcoach.bedrock.cache.LiveSettings;
import com.gymcoach.bedrock.examples.lambda.CacheKeys;
import com.gymcoach.bedrock.examples.load.day.Fleet.Release;
import com.gymcoach.bedrock.examples.load.day.Scene.Expected;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What happens on the day. */
final class Script {
  /** How far the deployment of a good release goes in a tenth of the calls. */
  static final int CANARY_MINUTES = 5;

  static final Release FIRST = new Release("release 1", ModelStandIn.MODEL, keys(1, "1", null));

  private static final Release BAD =
      new Release("release 2, with a wrong model id", "amazon.nova-mikro-v1:0", FIRST.keys());
  private static final String UNLUCKY = "user-7";
  private static final int ATTEMPTS = 5;

  private final Cloud cloud;
  private final Fleet fleet;
  private final Visitors visitors;

  Script(Cloud cloud, Fleet fleet, Visitors visitors) {
    this.cloud = cloud;
    this.fleet = fleet;
    this.visitors = visitors;
  }

  Cloud cloud() {
    return cloud;
  }

  /** Returns the scenes of the day. */
  List<Scene> scenes() {
    return List.of(
        Scene.served("cache at 0 %", 5, () -> {}, 0),
        Scene.served("dial at 10 %", 7, () -> dial(cloud, 10), Visitors.USERS / 5),
        Scene.served("dial at 50 %", 7, () -> dial(cloud, 50), Visitors.USERS * 3 / 4),
        Scene.quiet("dial at 100 %", 6, () -> dial(cloud, 100)),
        new Scene(
            "bad release",
            12,
            () -> fleet.deploy(BAD),
            () -> {},
            Expected.of(Set.of("ApiFails"), Set.of(500))),
        Scene.quiet("new keys are known", 8, () -> deploy("release 3", keys(1, "12", "2"))),
        Scene.quiet("new keys are used", 8, () -> deploy("release 4", keys(2, "12", "1"))),
        Scene.quiet("old keys are gone", 8, () -> deploy("release 5", keys(2, "2", null))),
        new Scene(
            "the table is away",
            15,
            this::loseTheTable,
            this::findTheTable,
            Expected.of(Set.of("InvalidationFailed", "BreakerOpen"), Set.of(500))),
        Scene.quiet("after it", 4, () -> {}),
        new Scene(
            "Bedrock throttles",
            16,
            () -> cloud.model().throttle(50),
            () -> cloud.model().throttle(0),
            Expected.of(Set.of("ErrorRateHigh"), Set.of(429))),
        new Scene(
            "all users invalidate",
            6,
            () -> visitors.storm(true),
            () -> visitors.storm(false),
            Expected.NOTHING),
        Scene.quiet("evening", 10, () -> {}));
  }

  /** Sets the share of users for the whole fleet, as an operator does. */
  static void dial(Cloud cloud, double percent) {
    cloud.operator().liveSettings(new LiveSettings(null, percent, Set.of()));
  }

  private void deploy(String name, CacheKeys keys) {
    fleet.deploy(new Release(name, ModelStandIn.MODEL, keys));
  }

  private void loseTheTable() {
    cloud.table(false);
    if (visitors.invalidate(UNLUCKY) != 500) {
      throw new IllegalStateException("An invalidation without the table must fail");
    }
  }

  /** The user tries again, as the reply said. */
  private void findTheTable() {
    cloud.table(true);
    for (int attempt = 0; visitors.invalidate(UNLUCKY) != 200; attempt++) {
      if (attempt == ATTEMPTS) {
        throw new IllegalStateException("The invalidation must succeed now");
      }
    }
  }

  /**
   * Returns a secret's keys.
   *
   * @param used the number of the keys that are used
   * @param sealing the numbers of the sealing keys that can be opened
   * @param other the number of the key secret that invalidations cover too, or null
   */
  private static CacheKeys keys(int used, String sealing, @Nullable String other) {
    StringBuilder text = new StringBuilder("{\"keySecret\":\"").append(key("secret-" + used));
    if (other != null) {
      text.append("\",\"alsoInvalidates\":\"").append(key("secret-" + other));
    }
    text.append("\",\"sealsWith\":").append(used).append(",\"sealingKeys\":{");
    for (int i = 0; i < sealing.length(); i++) {
      char number = sealing.charAt(i);
      text.append(i == 0 ? "\"" : ",\"").append(number).append("\":\"");
      text.append(key("sealing-" + number)).append('"');
    }
    return CacheKeys.of(text.append("}}").toString());
  }

  private static String key(String name) {
    byte[] bytes = (name + "-".repeat(32)).substring(0, 32).getBytes(StandardCharsets.UTF_8);
    return Base64.getEncoder().encodeToString(bytes);
  }
}
