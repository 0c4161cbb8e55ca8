package com.gymcoach.bedrock.examples.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The columns of a CSV by name, in any order and case. Values may be quoted. Within quotes, a comma
 * is part of the value, and a quotation mark is doubled.
 */
final class Csv {
  private final List<String> header;
  private final List<Integer> positions;

  private Csv(List<String> header, List<Integer> positions) {
    this.header = header;
    this.positions = positions;
  }

  /** Returns whether a header contains any of the names. */
  static boolean hasAny(String header, List<String> names) {
    try {
      return names(header).stream().anyMatch(lower(names)::contains);
    } catch (BadLineException e) { // not even CSV
      return false;
    }
  }

  /**
   * Parses a header.
   *
   * @throws BadLineException unless it has each of the names once and no other column
   */
  static Csv of(String header, List<String> names) throws BadLineException {
    List<String> columns = names(header);
    List<String> wanted = lower(names);
    for (int i = 0; i < columns.size(); i++) {
      if (!wanted.contains(columns.get(i))) {
        throw new BadLineException(
            "column " + (i + 1) + " is none of " + String.join(",", names) + ": remove it");
      } else if (columns.indexOf(columns.get(i)) < i) {
        throw new BadLineException(
            "the column " + names.get(wanted.indexOf(columns.get(i))) + " is there twice");
      }
    }
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (!columns.contains(wanted.get(i))) {
        throw new BadLineException("the column " + names.get(i) + " is missing");
      }
      positions.add(columns.indexOf(wanted.get(i)));
    }
    return new Csv(columns, positions);
  }

  /** Returns the values of a line, in the order of the names passed to {@link #of}. */
  List<String> values(String line) throws BadLineException {
    List<String> values = split(line);
    if (values.size() != header.size()) {
      throw new BadLineException(
          "it has "
              + values.size()
              + " columns instead of "
              + header.size()
              + "; a text with a comma needs quotation marks");
    }
    return positions.stream().map(values::get).toList();
  }

  private static List<String> names(String header) throws BadLineException {
    return lower(split(header).stream().map(String::strip).toList());
  }

  private static List<String> lower(List<String> names) {
    return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
  }

  private static List<String> split(String line) throws BadLineException {
    List<String> values = new ArrayList<>();
    int at = 0;
    while (true) {
      int end = line.startsWith("\"", at) ? closingMark(line, at) + 1 : comma(line, at);
      if (end < line.length() && line.charAt(end) != ',') {
        throw new BadLineException("there is more of a value after its closing quotation mark");
      }
      String value = line.substring(at, end);
      values.add(
          value.startsWith("\"")
              ? value.substring(1, value.length() - 1).replace("\"\"", "\"")
              : value);
      if (end == line.length()) {
        return values;
      }
      at = end + 1;
    }
  }

  private static int comma(String line, int from) {
    int comma = line.indexOf(',', from);
    return comma < 0 ? line.length() : comma;
  }

  /** Returns the index of the closing mark of a quoted value. */
  private static int closingMark(String line, int open) throws BadLineException {
    int mark = line.indexOf('"', open + 1);
    while (mark >= 0 && line.startsWith("\"", mark + 1)) {
      mark = line.indexOf('"', mark + 2);
    }
    if (mark < 0) {
      throw new BadLineException(
          "a quotation mark is not closed on the same line: a value has no line breaks");
    }
    return mark;
  }
}
