package com.gymcoach.bedrock.cache.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How often each fault struck in each tier and phase of each operation. */
final class Coverage {
  private static final Fault[] FAULTS = Fault.values();
  private static final Phase[] PHASES = Phase.values();
  private static final Operation[] OPERATIONS = Operation.values();

  private record Cell(Fault fault, Phase phase, Operation operation) {}

  private final Map<Cell, Long> hits = new HashMap<>();

  void hit(Fault fault, Phase phase, Operation operation) {
    hits.merge(new Cell(fault, phase, operation), 1L, Long::sum);
  }

  /** Records a fault that strikes whatever an activity is doing. */
  void hit(Fault fault, @Nullable Activity activity) {
    Phase phase = activity == null ? null : activity.phase();
    if (activity != null && phase != null) {
      hit(fault, phase, activity.operation());
    }
  }

  /** Adds the hits of other runs. */
  void add(Coverage other) {
    other.hits.forEach((cell, times) -> hits.merge(cell, times, Long::sum));
  }

  long hits(Fault fault, Phase phase, Operation operation) {
    return hits.getOrDefault(new Cell(fault, phase, operation), 0L);
  }

  /** Returns why a fault cannot strike there, or null if it can. */
  static @Nullable String unreachable(Fault fault, Phase phase, Operation operation) {
    boolean invalidates = phase == Phase.MARK || phase == Phase.DELETE;
    if (invalidates != (operation == Operation.INVALIDATE)) {
      return "only an invalidation writes markers and deletes, and it does nothing else";
    }
    boolean inStore = phase.tier().equals("warm");
    if (phase == Phase.SERVE) {
      return switch (fault) {
        case CANCELLED ->
            operation.isStream() ? null : "a hit in memory has ended before it could be cancelled";
        case CLOSED -> "a closed cache holds nothing in memory";
        case BEDROCK_FAILS, BEDROCK_THROTTLES, BEDROCK_LATE, BEDROCK_HANGS, BEDROCK_CUTS ->
            "Bedrock is not asked then";
        default -> null;
      };
    }
    if (fault.isStore() && !inStore) {
      return "the store is not asked then";
    }
    if (fault.isBedrock() && inStore) {
      return "Bedrock is not asked then";
    }
    return switch (fault) {
      case STORE_OTHER_ENTRY, STORE_CORRUPT, STORE_EVICTED ->
          phase == Phase.LOOK_UP ? null : "only a look-up returns an entry";
      case STORE_UNPROCESSED ->
          phase == Phase.LOOK_UP || phase == Phase.MARKERS ? null : "only reads do not find all";
      case STORE_ANSWER_LOST ->
          phase == Phase.WRITE || invalidates ? null : "a read without an answer is one that fails";
      case EXECUTOR_REFUSES -> invalidates ? "an invalidation uses no executor" : null;
      case SINK_THROWS -> phase == Phase.FOLLOW ? "the sink is told when a call ends" : null;
      case CANCELLED -> invalidates || phase == Phase.BACKGROUND ? "nobody can cancel it" : null;
      default -> null;
    };
  }

  /** Returns the cells that can be reached and were not. */
  List<String> missed() {
    List<String> missed = new ArrayList<>();
    for (Fault fault : FAULTS) {
      for (Phase phase : PHASES) {
        for (Operation operation : OPERATIONS) {
          if (unreachable(fault, phase, operation) == null && hits(fault, phase, operation) == 0) {
            missed.add(fault + " x " + phase.tier() + " x " + phase + " x " + operation);
          }
        }
      }
    }
    return missed;
  }

  /** Returns the table, and why the cells that it leaves out cannot be reached. */
  @Override
  public String toString() {
    StringBuilder table = new StringBuilder();
    table.append("%-18s %-8s %-10s".formatted("fault", "tier", "phase"));
    for (Operation operation : OPERATIONS) {
      table.append(" %19s".formatted(operation));
    }
    Map<String, Integer> reasons = new TreeMap<>();
    for (Fault fault : FAULTS) {
      for (Phase phase : PHASES) {
        StringBuilder row =
            new StringBuilder("%n%-18s %-8s %-10s".formatted(fault, phase.tier(), phase));
        boolean any = false;
        for (Operation operation : OPERATIONS) {
          String why = unreachable(fault, phase, operation);
          any |= why == null;
          row.append(" %19s".formatted(why == null ? hits(fault, phase, operation) : "-"));
          if (why != null) {
            reasons.merge(why, 1, Integer::sum);
          }
        }
        table.append(any ? row : "");
      }
    }
    table.append("%n%nCells that cannot be reached:".formatted());
    reasons.forEach((why, cells) -> table.append("%n%5d  %s".formatted(cells, why)));
    return table.toString();
  }
}
