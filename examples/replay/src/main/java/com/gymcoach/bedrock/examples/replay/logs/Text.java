package com.gymcoach.bedrock.examples.replay.logs;

import com.gymcoach.bedrock.examples.replay.logs.Bootstrap.Interval;
import java.util.Locale;

/** Formats figures, the same on the console and in the page. */
final class Text {
  private Text() {}

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String percent(double percent) {
    return String.format(Locale.ROOT, "%.1f %%", percent);
  }

  /** Returns an amount in USD with three digits that matter, but with cents at most from 1 on. */
  static String usd(double usd) {
    double size = Math.abs(usd);
    int digits = size >= 1_000 ? 0 : size >= 1 || size == 0 ? 2 : size >= 0.01 ? 4 : 6;
    return String.format(Locale.ROOT, "%,." + digits + "f", usd);
  }

  static String interval(Interval interval) {
    return interval.isKnown()
        ? usd(interval.low()) + " to " + usd(interval.high())
        : "too few periods";
  }

  static String html(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
