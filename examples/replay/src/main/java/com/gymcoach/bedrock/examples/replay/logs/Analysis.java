package com.gymcoach.bedrock.examples.replay.logs;

import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.examples.replay.logs.Groups.Group;
import com.gymcoach.bedrock.warmup.internal.JsonLines;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log once and counts. Each record becomes a few numbers for each view; these are sorted by
 * key and time, in memory and in temporary files, and then counted in one pass. So neither the size
 * of the log nor the order of its files matters.
 */
final class Analysis {
  private static final String UNREADABLE =
      "the file cannot be read on: it is cut off, damaged or not readable";

  private final LogOptions options;
  private final PrintStream out;
  private final boolean isTerminal;
  private final int run;
  private final Instant latest;

  /**
   * Creates an analysis.
   *
   * @param out where the progress is shown
   * @param run the calls that a sorter holds in memory
   * @param latest the latest time of a call that is no fault
   */
  Analysis(LogOptions options, PrintStream out, boolean isTerminal, int run, Instant latest) {
    this.options = options;
    this.out = out;
    this.isTerminal = isTerminal;
    this.run = run;
    this.latest = latest;
  }

  /**
   * Runs the analysis.
   *
   * @throws IOException if there is no log, no record in it, or no room for temporary files
   */
  Findings run() throws IOException {
    PriceList prices = prices();
    LogFiles files = LogFiles.find(options.logs());
    Faults faults = new Faults();
    Groups groups = new Groups();
    CallMaker maker =
        new CallMaker(prices, options.endpointKey() != null, options.scopeKey() != null, groups);
    try (SortedCalls exact = new SortedCalls(options.temp(), run);
        SortedCalls shared = new SortedCalls(options.temp(), run);
        SortedCalls scoped = new SortedCalls(options.temp(), run)) {
      Map<View, SortedCalls> views = new EnumMap<>(View.class);
      views.put(View.EXACT, exact);
      views.put(View.SHARED, shared);
      views.put(View.SCOPED, scoped);
      read(files, maker, views, faults);
      if (maker.firstMillis() > maker.lastMillis()) {
        throw new IOException(
            "There is no record in " + files.files().size() + " files. " + faults.report());
      }
      Periods periods = Periods.of(maker.firstMillis(), maker.lastMillis());
      List<Group> all = groups.all();
      Map<View, List<Tally>> byGroup = new EnumMap<>(View.class);
      long duplicates = 0;
      for (View view : View.values()) {
        TtlCount count = new TtlCount(options.ttls(), periods, prices, all);
        sorted(views, view).forEach(count);
        byGroup.put(view, count.tallies());
        duplicates = count.duplicates();
      }
      return new Findings(options, files, faults, periods, all, byGroup, duplicates, prices);
    }
  }

  static SortedCalls sorted(Map<View, SortedCalls> views, View view) {
    SortedCalls calls = views.get(view);
    if (calls == null) {
      throw new IllegalStateException("There is no view " + view);
    }
    return calls;
  }

  private PriceList prices() throws IOException {
    Path file = options.prices();
    if (file == null) {
      return PriceList.standard();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return PriceList.read(in);
    }
  }

  private void read(LogFiles files, CallMaker maker, Map<View, SortedCalls> views, Faults faults)
      throws IOException {
    RecordReader reader = new RecordReader(options.endpointKey(), options.scopeKey(), latest);
    ByteProgress progress = new ByteProgress(out, isTerminal, files.bytes(), System::nanoTime);
    for (Path file : files.files()) {
      try (JsonLines lines = open(file, progress, faults)) {
        while (lines != null && next(lines, file, faults)) {
          faults.line();
          LogRecord logged = record(reader, lines, file, faults);
          if (logged != null) {
            maker.add(logged, views);
          }
        }
      }
    }
    progress.end();
  }

  private static @Nullable JsonLines open(Path file, ByteProgress progress, Faults faults) {
    try {
      return new JsonLines(file, RecordReader.MAX_BYTES, progress::add);
    } catch (IOException unreadable) { // reported with the other faults
      faults.add(file, 1, UNREADABLE);
      return null;
    }
  }

  private static boolean next(JsonLines lines, Path file, Faults faults) {
    try {
      return lines.next();
    } catch (IOException unreadable) { // reported with the other faults
      faults.add(file, lines.number(), UNREADABLE);
      return false;
    }
  }

  private static @Nullable LogRecord record(
      RecordReader reader, JsonLines lines, Path file, Faults faults) {
    try {
      if (lines.isTooLong()) {
        throw new BadRecordException("it is longer than 4 MB");
      }
      return reader.read(lines.bytes(), lines.length());
    } catch (BadRecordException e) { // reported with the other faults
      faults.add(file, lines.number(), e.fault());
      return null;
    }
  }
}
