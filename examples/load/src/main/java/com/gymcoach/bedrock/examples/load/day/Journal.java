package com.gymcoach.bedrock.examples.load.day;

import com.gymcoach.bedrock.examples.load.day.Alarms.Ring;
import com.gymcoach.bedrock.examples.load.day.Seen.Sums;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What happened on the day, and what of it should not have. Not thread-safe. */
final class Journal {
  /** When the day begins, in minutes after midnight. */
  private static final int BEGIN = 8 * 60;

  /** Depends on how fast this machine is. */
  private static final Set<String> OF_THE_MACHINE = Set.of("ResponseTimeHigh", "StoreFailing");

  private record Event(int minute, String text) {}

  private record Played(Scene scene, int from) {
    int to() {
      return from + scene.minutes();
    }
  }

  private final Seen seen;
  private final Alarms alarms;
  private final List<Played> scenes = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();

  Journal(Seen seen, Alarms alarms) {
    this.seen = seen;
    this.alarms = alarms;
  }

  Seen seen() {
    return seen;
  }

  Alarms alarms() {
    return alarms;
  }

  /** Records the beginning of a scene. */
  void begin(Scene scene, int minute) {
    scenes.add(new Played(scene, minute));
  }

  void event(int minute, String text) {
    events.add(new Event(minute, text));
  }

  /** Returns the events, each with its time. */
  List<String> events() {
    return events.stream().map(event -> time(event.minute) + " " + event.text).toList();
  }

  /** Returns the number of minutes that were played. */
  int minutes() {
    return scenes.isEmpty() ? 0 : scenes.get(scenes.size() - 1).to();
  }

  /** Returns the minutes at which scenes began. */
  List<Integer> beginnings() {
    return scenes.stream().map(Played::from).toList();
  }

  private static String time(int minute) {
    int of = BEGIN + minute;
    return String.format(Locale.ROOT, "%02d:%02d", of / 60, of % 60);
  }

  /** Returns what users saw in a scene that is over, on one line. */
  String line(Scene scene) {
    return scenes.stream()
        .filter(played -> played.scene.equals(scene))
        .map(this::line)
        .findFirst()
        .orElseThrow();
  }

  private String line(Played played) {
    Sums sums = seen.sums(played.from, played.to());
    return String.format(
        Locale.ROOT,
        "%2d %s %-21s %6d %6.1f %6d %6.1f %6.1f %7.1f %7.1f %6d",
        scenes.indexOf(played) + 1,
        time(played.from),
        played.scene.title(),
        sums.replies(),
        sums.hitPercent(),
        sums.served().size(),
        sums.percent(5),
        sums.percent(4),
        sums.micros().getValueAtPercentile(50) / 1e3,
        sums.micros().getValueAtPercentile(99) / 1e3,
        sums.invalidations());
  }

  /** Returns the names of the columns of {@link #line}. */
  static String header() {
    return String.format(
        Locale.ROOT,
        "%-30s %6s %6s %6s %6s %6s %7s %7s %6s",
        "What users saw",
        "calls",
        "hits%",
        "served",
        "5xx%",
        "4xx%",
        "p50 ms",
        "p99 ms",
        "inval.");
  }

  /** Returns the report. */
  String text() {
    StringBuilder text = new StringBuilder();
    line(text, "%s", header());
    scenes.forEach(played -> line(text, "%s", line(played)));
    line(text, "");
    line(text, "Deployments");
    events().forEach(event -> line(text, "%s", event));
    line(text, "");
    line(text, "What alarms did");
    for (String alarm : alarms.names()) {
      line(text, "%-20s %-22s %s", alarm, alarms.action(alarm), times(alarm));
    }
    line(text, "");
    line(text, "wrong answers: %s", seen.wrong().isEmpty() ? "0" : seen.wrong());
    List<String> faults = faults();
    line(text, faults.isEmpty() ? "All went as expected." : "Not as expected:");
    faults.forEach(fault -> line(text, "- %s", fault));
    return text.toString();
  }

  private String times(String alarm) {
    List<String> times = new ArrayList<>();
    for (Ring ring : alarms.rings(alarm)) {
      Integer to = ring.to();
      times.add(time(ring.from()) + " to " + (to == null ? "the end" : time(to)));
    }
    return times.isEmpty() ? "silent" : String.join(", ", times);
  }

  /** Returns what should not have happened. Empty if all went as expected. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    seen.wrong().forEach((how, times) -> faults.add(times + " wrong answers: " + how));
    for (Played played : scenes) {
      String title = played.scene.title();
      Scene.Expected expected = played.scene.expected();
      Sums sums = seen.sums(played.from, played.to());
      if (sums.served().size() > expected.mostServed()) {
        faults.add(
            title
                + ": "
                + sums.served().size()
                + " users were served, not "
                + expected.mostServed());
      }
      Set<Integer> statuses = new TreeSet<>(sums.statuses().keySet());
      statuses.remove(200);
      if (!statuses.equals(expected.statuses())) {
        faults.add(title + ": statuses " + statuses + ", not " + expected.statuses());
      }
      Set<String> went = wentOff(played);
      went.removeAll(OF_THE_MACHINE);
      if (!went.equals(expected.alarms())) {
        faults.add(title + ": alarms " + went + ", not " + expected.alarms());
      }
    }
    Set<String> still = alarms.on();
    still.removeAll(OF_THE_MACHINE);
    if (!still.isEmpty()) {
      faults.add("on at the end: " + still);
    }
    return faults;
  }

  private Set<String> wentOff(Played played) {
    Set<String> went = new TreeSet<>();
    for (String alarm : alarms.names()) {
      for (Ring ring : alarms.rings(alarm)) {
        if (ring.from() >= played.from && ring.from() < played.to()) {
          went.add(alarm);
        }
      }
    }
    return went;
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }
}
