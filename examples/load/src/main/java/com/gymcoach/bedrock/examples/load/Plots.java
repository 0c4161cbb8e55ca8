package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.examples.load.Samples.Heap;
import com.gymcoach.bedrock.examples.load.Samples.Sample;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots hit rate, p99 and heap over time. */
final class Plots {
  private Plots() {}

  /**
   * Draws an unused plot, which loads the classes: they cannot be loaded once the JVM is shutting
   * down, as after Ctrl-C.
   */
  static void prepare() throws IOException {
    XYChart chart = new XYChartBuilder().width(100).height(100).build();
    chart.addSeries("nothing", new double[] {0}).setMarker(SeriesMarkers.NONE);
    BitmapEncoder.getBitmapBytes(chart, BitmapEncoder.BitmapFormat.PNG);
  }

  /** Writes each plot as PNG and SVG into a folder, which must exist. */
  static void draw(Path folder, Samples samples) throws IOException {
    List<Sample> all = samples.all();
    draw(folder, "hit-rate", "hits, % of the calls in each second", all, Sample::hitRate);
    draw(folder, "p99", "99th percentile of each second, ms", all, Sample::p99Millis);
    List<Heap> heaps = samples.heaps();
    draw(
        folder,
        "heap",
        "heap after a full collection, MB",
        heaps.stream().mapToDouble(Heap::seconds).toArray(),
        heaps.stream().mapToDouble(Heap::megabytes).toArray());
  }

  private static void draw(
      Path folder, String name, String title, List<Sample> all, ToDoubleFunction<Sample> value)
      throws IOException {
    List<Sample> known =
        all.stream().filter(sample -> Double.isFinite(value.applyAsDouble(sample))).toList();
    draw(
        folder,
        name,
        title,
        known.stream().mapToDouble(Sample::seconds).toArray(),
        known.stream().mapToDouble(value).toArray());
  }

  private static void draw(Path folder, String name, String title, double[] seconds, double[] of)
      throws IOException {
    if (seconds.length == 0) {
      return; // nothing to plot
    }
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(300)
            .title(title)
            .xAxisTitle("seconds since the load began")
            .build();
    chart.getStyler().setYAxisMin(0.0).setXAxisMin(0.0);
    chart.getStyler().setXAxisDecimalPattern("#,##0").setYAxisDecimalPattern("#,##0");
    chart.getStyler().setLegendVisible(false).setChartBackgroundColor(Color.WHITE);
    chart.addSeries(name, seconds, of).setMarker(SeriesMarkers.NONE);
    Files.createDirectories(folder);
    String file = folder.resolve(name).toString();
    BitmapEncoder.saveBitmap(chart, file, BitmapEncoder.BitmapFormat.PNG);
    VectorGraphicsEncoder.saveVectorGraphic(
        chart, file, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
  }
}
