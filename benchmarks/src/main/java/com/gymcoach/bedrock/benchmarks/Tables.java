package com.gymcoach.bedrock.benchmarks;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Turns figures into Markdown. */
final class Tables {
  private static final double UNSETTLED = 1.5;
  private static final String HOT = HotHit.class.getSimpleName();

  private final List<Measured> all;
  private final StringBuilder out = new StringBuilder();

  private Tables(List<Measured> all) {
    this.all = all;
  }

  /** Returns the tables of all figures. */
  static String of(List<Measured> all) {
    Tables tables = new Tables(all);
    for (String jdk : tables.jdks()) {
      for (String method : List.of("invokeModel", "converse")) {
        tables.hot(jdk, method);
      }
    }
    for (Benchmarks.Group group : Benchmarks.GROUPS) {
      if (!group.name().equals(HOT)) {
        tables.group(group);
      }
    }
    return tables.out.toString();
  }

  private Set<String> jdks() {
    return all.stream().map(Measured::jdk).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Ways down, sizes across; times as they were, ratios less building the request. */
  private void hot(String jdk, String method) {
    List<Measured> rows =
        all.stream()
            .filter(m -> m.group().equals(HOT) && m.jdk().equals(jdk) && m.method().equals(method))
            .toList();
    List<Integer> sizes = rows.stream().map(Measured::size).distinct().sorted().toList();
    if (rows.isEmpty()) {
      return;
    }
    out.append("### Hot hit, ").append(capitalised(method)).append(", Java ").append(jdk);
    out.append("\n\n| |");
    sizes.forEach(size -> out.append(' ').append(size(size)).append(" |"));
    out.append("\n|---|").append("--:|".repeat(sizes.size())).append('\n');
    for (Approach approach : Approach.values()) {
      out.append("| ").append(approach.label()).append(" |");
      for (int size : sizes) {
        Measured cell = find(rows, approach, size);
        Measured ours = find(rows, Approach.OURS, size);
        Measured build = find(rows, Approach.NO_CACHE, size);
        out.append(' ').append(figures(cell));
        if (approach != Approach.NO_CACHE) {
          out.append(", ")
              .append(ratio(cell.nanos() - build.nanos(), ours.nanos() - build.nanos()));
        }
        out.append(" |");
      }
      out.append('\n');
    }
    out.append('\n');
  }

  private static Measured find(List<Measured> rows, Approach approach, int size) {
    return rows.stream()
        .filter(m -> m.way().equals(approach.label()) && m.size() == size)
        .findFirst()
        .orElseThrow();
  }

  /** Ways down, JDKs across; ratios to the first way of the same method and size. */
  private void group(Benchmarks.Group group) {
    List<Measured> rows = all.stream().filter(m -> m.group().equals(group.name())).toList();
    if (rows.isEmpty()) {
      return;
    }
    out.append("### ").append(group.title()).append("\n\n| |");
    jdks().forEach(jdk -> out.append(" Java ").append(jdk).append(" |"));
    out.append("\n|---|").append("--:|".repeat(jdks().size())).append('\n');
    Set<String> labels =
        rows.stream().map(Tables::label).collect(Collectors.toCollection(LinkedHashSet::new));
    for (String label : labels) {
      out.append("| ").append(label).append(" |");
      for (String jdk : jdks()) {
        Measured cell =
            rows.stream()
                .filter(m -> m.jdk().equals(jdk) && label(m).equals(label))
                .findFirst()
                .orElseThrow();
        out.append(' ').append(figures(cell));
        Measured base =
            rows.stream()
                .filter(m -> m.jdk().equals(jdk) && m.method().equals(cell.method()))
                .filter(m -> m.size() == cell.size())
                .findFirst()
                .orElseThrow();
        if (!cell.way().isEmpty()) {
          out.append(", ").append(ratio(cell.nanos(), base.nanos()));
        }
        if (!Double.isNaN(cell.calls())) {
          out.append(", ").append(fixed("%,.1f calls", cell.calls()));
        }
        if (!Double.isNaN(cell.cpuNanos())) {
          out.append(", ").append(time(cell.cpuNanos())).append(" of CPU");
        }
        out.append(" |");
      }
      out.append('\n');
    }
    out.append('\n');
  }

  private static String label(Measured row) {
    String label = "`" + row.method() + "`";
    if (row.size() > 0) {
      label += ", " + size(row.size());
    }
    return row.way().isEmpty() ? label : label + ": " + row.way();
  }

  private static String capitalised(String method) {
    return Character.toUpperCase(method.charAt(0)) + method.substring(1);
  }

  /** A time whose iterations disagree is marked. */
  private static String figures(Measured cell) {
    String mark = cell.spread() > UNSETTLED ? "~" : "";
    return mark + time(cell.nanos()) + ", " + bytes(cell.allocated());
  }

  private static String time(double nanos) {
    if (nanos < 1_000) {
      return fixed("%.0f ns", nanos);
    }
    return nanos < 1_000_000
        ? fixed(nanos < 100_000 ? "%.2f µs" : "%.0f µs", nanos / 1_000)
        : fixed("%.2f ms", nanos / 1_000_000);
  }

  private static String bytes(double bytes) {
    return fixed("%,.0f B", bytes);
  }

  private static String size(int bytes) {
    return bytes < 1024 ? fixed("%.1f KB", bytes / 1024.0) : bytes / 1024 + " KB";
  }

  /** A part that building the request hides in its noise has no ratio. */
  private static String ratio(double part, double base) {
    return part <= 0 || base <= 0 ? "–" : fixed("%.2fx", part / base);
  }

  private static String fixed(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
