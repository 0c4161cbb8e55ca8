package com.gymcoach.bedrock.examples.replay;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads traces from files: Mooncake's JSON lines, Azure's CSV, or the CSV format of this program.
 *
 * @param users the number of users to assign calls to, if the trace names none
 * @param zipf the exponent of repeats, if the trace does not identify prompts
 * @param skipsBadLines whether to skip and count lines that are not calls, rather than reject them
 */
record TraceReader(int users, double zipf, boolean skipsBadLines) {

  /**
   * Reads a trace. Ignores blank lines at the end.
   *
   * @throws IOException if it cannot be read; the message names the file, the line and the fault
   */
  Trace read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + " is a directory: name a file");
    }
    try (Lines lines = new Lines(file)) {
      return read(file, lines);
    } catch (NoSuchFileException e) {
      throw new IOException("There is no such file as " + file, e);
    } catch (AccessDeniedException e) {
      throw new IOException("Access to " + file + " is denied", e);
    }
  }

  private Trace read(Path file, Lines lines) throws IOException {
    TraceFormat format;
    List<Ask> asks = new ArrayList<>();
    BadLines bad = new BadLines();
    if (!lines.next()) {
      throw new IOException(file + " is empty");
    }
    try {
      bad.read();
      format = format(file, lines.text());
      if (format.isHeadless()) {
        add(file, lines, format, asks, bad);
      }
    } catch (BadLineException e) {
      throw new IOException("Line 1 of " + file + ": " + e.fault, e);
    }
    long last = 1;
    while (lines.next()) {
      if (!lines.isBlank()) { // so the blank lines before it are not at the end
        for (long line = last + 1; line < lines.number(); line++) {
          bad.read();
          refuse(file, line, "it is blank", bad);
        }
        bad.read();
        add(file, lines, format, asks, bad);
        last = lines.number();
      }
    }
    if (asks.isEmpty()) {
      throw new IOException(file + " has no calls. " + bad.report());
    }
    return Trace.sorted(String.valueOf(file.getFileName()), format.repeats(), asks, bad.report());
  }

  private void add(Path file, Lines lines, TraceFormat format, List<Ask> asks, BadLines bad)
      throws IOException {
    try {
      asks.add(format.ask(lines.text()));
    } catch (BadLineException e) {
      refuse(file, lines.number(), e.fault, bad);
    }
  }

  private void refuse(Path file, long line, String fault, BadLines bad) throws IOException {
    if (!skipsBadLines) {
      throw new IOException(
          "Line "
              + line
              + " of "
              + file
              + ": "
              + fault
              + ". --skip-bad-lines leaves such lines out");
    }
    bad.add(line, fault);
  }

  private TraceFormat format(Path file, String head) throws IOException, BadLineException {
    if (head.stripLeading().startsWith("{")) {
      return new Mooncake(users);
    } else if (Csv.hasAny(head, TraceFormat.AZURE)) {
      return new TraceFormat.Azure(Csv.of(head, TraceFormat.AZURE), new Repeats(users, zipf, 1));
    } else if (Csv.hasAny(head, TraceFormat.OWN)) {
      return new TraceFormat.Own(Csv.of(head, TraceFormat.OWN));
    }
    throw new IOException(
        file
            + " is no trace: its first line is neither JSON nor "
            + String.join(",", TraceFormat.OWN)
            + " nor "
            + String.join(",", TraceFormat.AZURE));
  }
}
