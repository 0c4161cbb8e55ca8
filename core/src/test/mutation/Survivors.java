import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Compares the mutants that no test killed with the list in {@code equivalent.txt}. Fails if one is
 * not listed, and if a listed one was killed. Run by the profile {@code mutation}:
 *
 * <pre>java Survivors.java MODULE REPORTS</pre>
 *
 * <p>Each line of the list is {@code Class.method | mutator | source line}, once for each mutant.
 * Line numbers are not part of it, because they change.
 */
class Survivors {
  private static final String UNRELIABLE = "TIMED_OUT"; // a slow mutant may be killed by the clock

  private final Path sources;
  private final Map<String, Integer> survived = new TreeMap<>();
  private final Map<String, Integer> timedOut = new TreeMap<>();
  private final Set<String> classes = new TreeSet<>(); // those with mutants in these reports

  private Survivors(Path sources) {
    this.sources = sources;
  }

  public static void main(String[] args) throws Exception {
    Path module = Path.of(args[0]);
    Survivors survivors = new Survivors(module.resolve("src/main/java"));
    Map<String, Integer> listed = listed(module.resolve("src/test/mutation/equivalent.txt"));
    List<Path> parts;
    try (Stream<Path> children = Files.list(Path.of(args[1]))) {
      parts = children.filter(child -> Files.exists(child.resolve("mutations.xml"))).sorted().toList();
    }
    System.out.printf("%-12s %8s %8s %8s%n", "part", "mutants", "killed", "left");
    for (Path part : parts) {
      survivors.read(part);
    }
    List<String> wrong = survivors.compare(listed);
    wrong.forEach(System.err::println);
    if (!wrong.isEmpty() || parts.isEmpty()) {
      System.err.println("Kill each mutant with a test, or list it with the reason it is equivalent");
      System.exit(1);
    }
  }

  private static Map<String, Integer> listed(Path list) throws IOException {
    Map<String, Integer> listed = new TreeMap<>();
    for (String line : Files.readAllLines(list)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        listed.merge(line.strip(), 1, Integer::sum);
      }
    }
    return listed;
  }

  private void read(Path part) throws Exception {
    NodeList mutants =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(part.resolve("mutations.xml").toFile())
            .getElementsByTagName("mutation");
    int killed = 0;
    for (int i = 0; i < mutants.getLength(); i++) {
      Element mutant = (Element) mutants.item(i);
      classes.add(simpleName(mutant));
      String status = mutant.getAttribute("status");
      if (Boolean.parseBoolean(mutant.getAttribute("detected"))) {
        killed++;
        if (status.equals(UNRELIABLE)) {
          timedOut.merge(name(mutant), 1, Integer::sum);
        }
      } else {
        survived.merge(name(mutant), 1, Integer::sum);
      }
    }
    System.out.printf(
        "%-12s %8d %8d %8d%n",
        part.getFileName(), mutants.getLength(), killed, mutants.getLength() - killed);
  }

  private List<String> compare(Map<String, Integer> listed) {
    List<String> wrong = new ArrayList<>();
    survived.forEach(
        (mutant, times) -> {
          int over = times - listed.getOrDefault(mutant, 0);
          if (over > 0) {
            wrong.add("Not killed (" + over + "): " + mutant);
          }
        });
    listed.forEach(
        (mutant, times) -> {
          int under = times - survived.getOrDefault(mutant, 0) - timedOut.getOrDefault(mutant, 0);
          if (under > 0 && classes.contains(mutant.replaceFirst("\\..*", ""))) {
            wrong.add("Listed, but killed or gone (" + under + "): " + mutant);
          }
        });
    return wrong;
  }

  private String name(Element mutant) throws IOException {
    String type = className(mutant);
    String file = type.replaceFirst("\\$.*", "").replace('.', '/') + ".java";
    int line = Integer.parseInt(text(mutant, "lineNumber"));
    String source = Files.readAllLines(sources.resolve(file)).get(line - 1).strip();
    String method = text(mutant, "mutatedMethod").replaceAll("lambda\\$|\\$\\d+$", "");
    String mutator = text(mutant, "mutator").replaceFirst(".*\\.", "");
    mutator = mutator.replaceFirst("Mutator", "");
    return simpleName(mutant) + "." + method + " | " + mutator + " | " + source;
  }

  private static String simpleName(Element mutant) {
    return className(mutant).replaceFirst(".*\\.", "");
  }

  private static String className(Element mutant) {
    return text(mutant, "mutatedClass");
  }

  private static String text(Element mutant, String tag) {
    return mutant.getElementsByTagName(tag).item(0).getTextContent();
  }
}
