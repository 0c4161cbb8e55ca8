package com.gymcoach.bedrock.examples.replay.logs;

import java.util.List;
import java.util.Locale;

/**
 * A plot as SVG within a page, whose style gives the colours: lines with whiskers, or bars of which
 * the later ones stand before the earlier ones.
 *
 * @param places the labels along the x axis, one for each value; empty ones are left out
 */
record Plot(
    String title,
    String xTitle,
    String yTitle,
    List<String> places,
    List<Series> series,
    boolean areBars) {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 340;
  private static final int LEFT = 88;
  private static final int RIGHT = 16;
  private static final int TOP = 62;
  private static final int BOTTOM = 58;
  private static final int TICKS = 5;
  private static final double ASIDE = 7;

  /**
   * Values to draw.
   *
   * @param low the lower ends of the whiskers; NaN for none
   * @param high the upper ends
   */
  record Series(String name, double[] values, double[] low, double[] high) {
    static Series of(String name, double[] values) {
      return new Series(name, values, values, values);
    }

    /** Returns the name only. */
    @Override
    public String toString() {
      return name;
    }
  }

  /** The range of the y axis. */
  private record Axis(double from, double to, double step) {
    double y(double value) {
      return HEIGHT - BOTTOM - (value - from) / (to - from) * (HEIGHT - TOP - BOTTOM);
    }
  }

  String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
            WIDTH,
            HEIGHT,
            Text.html(title)));
    text(svg, LEFT, 18, "start", "plot-title", title);
    legend(svg);
    Axis axis = axis();
    grid(svg, axis);
    labels(svg);
    for (int i = 0; i < series.size(); i++) {
      if (areBars) {
        bars(svg, axis, i);
      } else {
        line(svg, axis, i);
      }
    }
    return svg.append("</svg>\n").toString();
  }

  private Axis axis() {
    double from = 0;
    double to = 0;
    for (Series one : series) {
      for (int i = 0; i < one.values.length; i++) {
        for (double value : new double[] {one.values[i], one.low[i], one.high[i]}) {
          from = Double.isNaN(value) ? from : Math.min(from, value);
          to = Double.isNaN(value) ? to : Math.max(to, value);
        }
      }
    }
    double range = to - from == 0 ? 1 : to - from;
    double power = Math.pow(10, Math.floor(Math.log10(range / TICKS)));
    double part = range / TICKS / power;
    double step = (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10) * power;
    return new Axis(Math.floor(from / step) * step, Math.ceil((from + range) / step) * step, step);
  }

  private void grid(StringBuilder svg, Axis axis) {
    long ticks = Math.round((axis.to - axis.from) / axis.step);
    for (int i = 0; i <= ticks; i++) {
      double value = axis.from + i * axis.step;
      double y = axis.y(value);
      boolean zero = Math.abs(value) < axis.step / 2;
      svg.append(
          String.format(
              Locale.ROOT,
              "<line class=\"%s\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>%n",
              zero ? "zero" : "grid",
              LEFT,
              y,
              WIDTH - RIGHT,
              y));
      text(svg, LEFT - 8, y + 4, "end", "tick", tick(zero ? 0 : value, axis.step));
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"axis\" text-anchor=\"middle\""
                + " transform=\"translate(18 %d) rotate(-90)\">%s</text>%n",
            (TOP + HEIGHT - BOTTOM) / 2,
            Text.html(yTitle)));
    text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "middle", "axis", xTitle);
  }

  private static String tick(double value, double step) {
    int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return String.format(Locale.ROOT, "%,." + Math.min(digits, 9) + "f", value);
  }

  private void labels(StringBuilder svg) {
    for (int i = 0; i < places.size(); i++) {
      if (!places.get(i).isEmpty()) {
        text(svg, x(i), HEIGHT - BOTTOM + 20, "middle", "tick", places.get(i));
      }
    }
  }

  private double x(double place) {
    return LEFT + (place + 0.5) * (WIDTH - LEFT - RIGHT) / places.size();
  }

  private void legend(StringBuilder svg) {
    double x = LEFT;
    for (int i = 0; i < series.size(); i++) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"f%d\" x=\"%.0f\" y=\"33\" width=\"14\" height=\"10\"/>%n",
              i,
              x));
      text(svg, x + 20, 42, "start", "tick", series.get(i).name);
      x += 44 + 7.5 * series.get(i).name.length();
    }
  }

  private void line(StringBuilder svg, Axis axis, int number) {
    Series one = series.get(number);
    double aside = ASIDE * (number - (series.size() - 1) / 2.0);
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < one.values.length; i++) {
      double x = x(i) + aside;
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, axis.y(one.values[i])));
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle class=\"f%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>%n",
              number,
              x,
              axis.y(one.values[i])));
      if (one.low[i] < one.high[i]) { // not if one is NaN
        svg.append(
            String.format(
                Locale.ROOT,
                "<path class=\"s%d\" d=\"M%.1f %.1fV%.1fM%.1f %.1fh8M%.1f %.1fh8\"/>%n",
                number,
                x,
                axis.y(one.low[i]),
                axis.y(one.high[i]),
                x - 4,
                axis.y(one.low[i]),
                x - 4,
                axis.y(one.high[i])));
      }
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<polyline class=\"s%d\" points=\"%s\"/>%n",
            number,
            points.toString().trim()));
  }

  private void bars(StringBuilder svg, Axis axis, int number) {
    double[] values = series.get(number).values;
    double width = Math.max(0.8, 0.8 * (x(1) - x(0)));
    for (int i = 0; i < values.length; i++) {
      double top = axis.y(values[i]);
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"f%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>%n",
              number,
              x(i) - width / 2,
              top,
              width,
              axis.y(0) - top));
    }
  }

  private static void text(
      StringBuilder svg, double x, double y, String anchor, String style, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            style,
            x,
            y,
            anchor,
            Text.html(text)));
  }
}
