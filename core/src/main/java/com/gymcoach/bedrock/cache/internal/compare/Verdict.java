package com.gymcoach.bedrock.cache.internal.compare;

/** How alike two answers are. The first that applies counts. */
public enum Verdict {
  /** Every part is equal, apart from ids, token counts and times. */
  EQUAL,
  /** The visible text is equal; something else differs, such as the reasoning. */
  SAME_TEXT,
  /** Both texts are JSON, and equal in canonical form. */
  SAME_JSON,
  /** None of the above. */
  DIFFERENT
}
