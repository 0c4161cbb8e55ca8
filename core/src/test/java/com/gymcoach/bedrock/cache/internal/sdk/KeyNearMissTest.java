package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.internal.wire.RandomJson;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/**
 * Pairs of calls that differ by as little as can be: a character moved from one field to its
 * neighbour, an element split in two, null for empty. Their keys differ if and only if they do.
 */
class KeyNearMissTest {
  private static final int DIFFERENT_PAIRS = 10_000;

  @Property(tries = 40_000)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void s_g_nearMiss_hasAnotherKey(@ForAll Random random) {
    Call one = Call.random(random);
    Call other;
    do {
      other = one.nearMiss(random);
    } while (!other.isPossible());
    boolean different = !one.meaning().equals(other.meaning());

    assertThat(!key(one, random).equals(key(other, random)))
        .as("%s and %s have different keys", one, other)
        .isEqualTo(different);
    Statistics.collect(different);
    Statistics.coverage(
        pairs -> {
          pairs.check(true).count(count -> count >= DIFFERENT_PAIRS);
          pairs.check(false).count(count -> count >= 1_000);
        });
  }

  @Property(tries = 5_000)
  void jsonBody_whenOneValueChanges_hasAnotherKey(@ForAll Random random) {
    Object document = RandomJson.document(random);
    String one = RandomJson.shuffled(document, random);
    String shuffled = RandomJson.shuffled(document, random);
    String other = RandomJson.shuffled(changed(document, random), random);

    Digest key = Keys.digest(Keys.invoke(one));

    assertThat(Keys.digest(Keys.invoke(shuffled))).isEqualTo(key);
    assertThat(Keys.digest(Keys.invoke(other))).as("%s and %s", one, other).isNotEqualTo(key);
  }

  private static Digest key(Call call, Random random) {
    return RequestKeys.key(call.material(random)).digest();
  }

  /** Returns the document with one of its values, at any depth, made another. */
  private static Object changed(Object value, Random random) {
    if (value instanceof Map<?, ?> object) {
      Map<Object, Object> changed = new LinkedHashMap<>(object);
      if (object.isEmpty()) {
        changed.put("new", "null");
        return changed;
      }
      Object name = List.copyOf(object.keySet()).get(random.nextInt(object.size()));
      if (random.nextInt(4) == 0) {
        changed.put(name + "_", changed.remove(name));
      } else if (random.nextInt(4) == 0) {
        changed.remove(name);
      } else {
        changed.replace(name, changed(Objects.requireNonNull(object.get(name)), random));
      }
      return changed;
    }
    if (value instanceof List<?> array) {
      List<Object> changed = new ArrayList<>(array);
      if (array.isEmpty()) {
        changed.add("null");
      } else {
        int at = random.nextInt(array.size());
        changed.set(at, changed(array.get(at), random));
      }
      return changed;
    }
    return switch ((String) value) {
      case "1" -> random.nextBoolean() ? "1.0" : "\"1\"";
      case "0" -> "-0";
      case "1e2" -> "100";
      case "9007199254740993" -> "9007199254740992";
      case "\"\"" -> random.nextBoolean() ? "null" : "{}";
      default -> "1";
    };
  }
}
