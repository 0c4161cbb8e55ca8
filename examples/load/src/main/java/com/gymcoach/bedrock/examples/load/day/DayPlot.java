package com.gymcoach.bedrock.examples.load.day;

import com.gymcoach.bedrock.examples.load.day.Alarms.Ring;
import com.gymcoach.bedrock.examples.load.day.Seen.Sums;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the day: what users saw, and when alarms were on. */
final class DayPlot {
  private static final double ALARMS_BELOW = -8;
  private static final double APART = 8;

  private DayPlot() {}

  /** Writes {@code day.png} and {@code day.svg} into a folder, which must exist. */
  static void draw(Path folder, Journal journal) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(1_100)
            .height(520)
            .title(
                "A first day: what users saw in its scenes, and below it the alarms that went off")
            .xAxisTitle("minutes since 08:00")
            .build();
    chart
        .getStyler()
        .setChartBackgroundColor(Color.WHITE)
        .setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setYAxisMax(100.0).setXAxisMin(0.0).setXAxisMax((double) journal.minutes());
    chart
        .getStyler()
        .setyAxisTickLabelsFormattingFunction(y -> y < 0 ? "" : String.valueOf(Math.round(y)));
    line(chart, journal, "hits, % of answers", Color.decode("#1b7837"), Sums::hitPercent);
    line(chart, journal, "5xx, % of replies", Color.decode("#b2182b"), sums -> sums.percent(5));
    line(chart, journal, "4xx, % of replies", Color.decode("#e08214"), sums -> sums.percent(4));
    for (int scene = 0; scene < journal.beginnings().size(); scene++) {
      double from = journal.beginnings().get(scene);
      chart.addAnnotation(new AnnotationLine(from, true, false));
      chart.addAnnotation(new AnnotationText(String.valueOf(scene + 1), from + 1.5, 96, false));
    }
    double level = ALARMS_BELOW;
    for (String alarm : journal.alarms().names()) {
      List<Ring> rings = journal.alarms().rings(alarm);
      if (!rings.isEmpty()) {
        alarm(chart, alarm, level, rings, journal.minutes());
        level -= APART;
      }
    }
    chart.getStyler().setYAxisMin(level);
    String file = folder.resolve("day").toString();
    BitmapEncoder.saveBitmap(chart, file, BitmapEncoder.BitmapFormat.PNG);
    VectorGraphicsEncoder.saveVectorGraphic(
        chart, file, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
  }

  private static void line(
      XYChart chart, Journal journal, String name, Color color, ToDoubleFunction<Sums> value) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int minute = 0; minute < journal.minutes(); minute++) {
      double of = value.applyAsDouble(journal.seen().sums(minute, minute + 1));
      if (Double.isFinite(of)) {
        x.add((double) minute);
        y.add(of);
      }
    }
    chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE).setLineColor(color);
  }

  /** As a thick line. Between two times of being on is a gap. */
  private static void alarm(XYChart chart, String name, double level, List<Ring> rings, int end) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (Ring ring : rings) {
      Integer to = ring.to();
      x.add((double) ring.from());
      y.add(level);
      x.add(to == null ? (double) end : to.doubleValue());
      y.add(level);
      x.add(to == null ? (double) end : to.doubleValue());
      y.add(Double.NaN);
    }
    chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE).setLineStyle(new BasicStroke(7));
  }
}
