package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.Explanation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shows explanations as maps of plain values, which every version of Boot can serialize. */
final class ExplanationsView {
  private ExplanationsView() {}

  /** Returns explanations in their order. */
  static Map<String, Object> of(List<Explanation> explanations) {
    return Map.of("misses", explanations.stream().map(ExplanationsView::of).toList());
  }

  private static Map<String, Object> of(Explanation explanation) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("at", explanation.at().toString());
    view.put("operation", explanation.call().operation());
    view.put("model", explanation.call().modelId());
    view.put("endpoint", explanation.call().endpoint());
    view.put("cause", explanation.cause().name());
    if (explanation.reason() != null) {
      view.put("reason", explanation.reason().name());
    }
    if (explanation.since() != null) {
      view.put("since", explanation.since().toString());
    }
    if (!explanation.paths().isEmpty()) {
      view.put("paths", explanation.paths());
    }
    return view;
  }
}
