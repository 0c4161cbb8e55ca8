package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.Explanation;
import com.gymcoach.bedrock.cache.internal.sdk.FieldTree;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The call that is most like another one: it differs in the smallest number of fields. If several
 * do, it is the latest.
 *
 * @param keptSince when its answer was kept
 * @param differences the number of fields that differ
 */
record NearestRequest(RecentCall call, Instant keptSince, int differences) {

  /**
   * Returns the nearest of an owner's calls whose answer was kept, or null if there is none.
   *
   * @param calls oldest first
   */
  static @Nullable NearestRequest of(FieldTree fields, Digest owner, List<RecentCall> calls) {
    NearestRequest nearest = null;
    for (RecentCall call : calls) {
      Instant since = call.owner().equals(owner) ? call.keptSince() : null;
      if (since != null) {
        int differences = fields.differencesFrom(call.fields());
        if (nearest == null || differences <= nearest.differences()) {
          nearest = new NearestRequest(call, since, differences);
        }
      }
    }
    return nearest;
  }

  /** Returns where a call differs from this one, as an explanation tells it. */
  List<String> paths(FieldTree fields) {
    List<String> paths = new ArrayList<>();
    fields.differencesFrom(
        call.fields(),
        path -> {
          if (paths.size() <= Explanation.MAX_PATHS) {
            paths.add(path);
          }
        });
    if (paths.size() > Explanation.MAX_PATHS) {
      paths.subList(Explanation.MAX_PATHS - 1, paths.size()).clear();
      paths.add("...");
    }
    return paths;
  }
}
