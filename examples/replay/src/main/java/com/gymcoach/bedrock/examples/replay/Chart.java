package com.gymcoach.bedrock.examples.replay;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots the hit rate over time, one line per TTL. */
final class Chart {
  private static final double MILLIS_A_MINUTE = 60_000;

  private Chart() {}

  /**
   * Writes {@code hit-rate.png} and {@code hit-rate.svg} into a folder, which is created if
   * necessary.
   */
  static void draw(Path folder, Trace trace, Map<String, List<Double>> ratesByLife)
      throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(450)
            .title("Hit rate over time: " + trace.name())
            .xAxisTitle("minutes since the trace began")
            .yAxisTitle("hits, % of the calls in each part of the time")
            .build();
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(100.0);
    chart.getStyler().setXAxisDecimalPattern("#,##0").setYAxisDecimalPattern("0");
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    long length = trace.asks().get(trace.asks().size() - 1).millis();
    ratesByLife.forEach(
        (life, rates) -> {
          double part = length / MILLIS_A_MINUTE / rates.size();
          double[] minutes = new double[rates.size()];
          double[] percent = new double[rates.size()];
          for (int i = 0; i < minutes.length; i++) {
            minutes[i] = part * (i + 0.5);
            percent[i] = rates.get(i);
          }
          chart.addSeries("TTL " + life, minutes, percent).setMarker(SeriesMarkers.NONE);
        });
    Files.createDirectories(folder);
    String file = folder.resolve("hit-rate").toString();
    BitmapEncoder.saveBitmap(chart, file, BitmapEncoder.BitmapFormat.PNG);
    VectorGraphicsEncoder.saveVectorGraphic(
        chart, file, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
  }
}
