package com.gymcoach.bedrock.benchmarks;

import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/**
 * One figure of a table.
 *
 * @param jdk the version of the JDK
 * @param group the benchmark's class
 * @param method its method
 * @param way what is compared within the method and size, or empty
 * @param size in bytes, or 0
 * @param nanos per call, the median of the iterations
 * @param spread the slowest iteration's time in multiples of the fastest's
 * @param allocated bytes per call
 * @param calls that arrived at Bedrock per call, or NaN where it was not counted
 * @param cpuNanos processor time per call of the whole process, or NaN where it was not taken
 */
record Measured(
    String jdk,
    String group,
    String method,
    String way,
    int size,
    double nanos,
    double spread,
    double allocated,
    double calls,
    double cpuNanos) {

  static Measured of(RunResult run) {
    BenchmarkParams params = run.getParams();
    String name = params.getBenchmark();
    int method = name.lastIndexOf('.');
    Statistics times = run.getPrimaryResult().getStatistics();
    String approach = param(params, "approach");
    String size = param(params, "bytes");
    return new Measured(
        params.getJdkVersion(),
        name.substring(name.lastIndexOf('.', method - 1) + 1, method),
        name.substring(method + 1),
        approach.isEmpty() ? param(params, "way") : Approach.valueOf(approach).label(),
        size.isEmpty() ? 0 : Integer.parseInt(size),
        times.getPercentile(50),
        times.getMax() / times.getMin(),
        secondary(run, "gc.alloc.rate.norm"),
        secondary(run, "calls") / secondary(run, "herds"),
        secondary(run, "cpuNanos") / secondary(run, "operations"));
  }

  private static String param(BenchmarkParams params, String name) {
    return params.getParamsKeys().contains(name) ? params.getParam(name) : "";
  }

  private static double secondary(RunResult run, String name) {
    Result<?> result = run.getSecondaryResults().get(name);
    return result == null ? Double.NaN : result.getScore();
  }
}
