package com.gymcoach.bedrock.examples.replay.logs;

import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.examples.replay.logs.Groups.Group;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Everything that a report says.
 *
 * @param byGroup the figures of each view, in the order of the groups
 * @param duplicates the calls that the log had once more
 */
record Findings(
    LogOptions options,
    LogFiles files,
    Faults faults,
    Periods periods,
    List<Group> groups,
    Map<View, List<Tally>> byGroup,
    long duplicates,
    PriceList prices) {

  List<Duration> ttls() {
    return options.ttls();
  }

  /** Returns the figures of all calls. */
  Tally total(View view) {
    Tally total = new Tally(ttls().size(), periods);
    tallies(view).forEach(total::add);
    return total;
  }

  /** Returns the figures by endpoint, over all models, in the order of their names. */
  Map<String, Tally> byEndpoint(View view) {
    Map<String, Tally> byEndpoint = new TreeMap<>();
    for (int i = 0; i < groups.size(); i++) {
      byEndpoint
          .computeIfAbsent(groups.get(i).endpoint(), added -> new Tally(ttls().size(), periods))
          .add(tallies(view).get(i));
    }
    return byEndpoint;
  }

  /** Returns the numbers of the groups in the order of their names. */
  int[] order() {
    return IntStream.range(0, groups.size())
        .boxed()
        .sorted(
            Comparator.comparing((Integer i) -> groups.get(i).model())
                .thenComparing(i -> groups.get(i).endpoint()))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  List<Tally> tallies(View view) {
    return byGroup.getOrDefault(view, List.of());
  }

  boolean tooManyGroups() {
    return groups.contains(Groups.OTHERS);
  }

  /** Returns what a scope is here. */
  String scope() {
    return options.scopeKey() == null
        ? "the caller's identity (role and session)"
        : "request metadata " + options.scopeKey();
  }

  /** Returns what an endpoint is here. */
  String endpoint() {
    return options.endpointKey() == null
        ? "the caller's role"
        : "request metadata " + options.endpointKey();
  }
}
