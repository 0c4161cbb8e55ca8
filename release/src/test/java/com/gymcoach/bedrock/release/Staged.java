package com.gymcoach.bedrock.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.xml.sax.SAXException;

/**
 * One artifact in the staged repository.
 *
 * @param id its artifact id
 * @param folder the folder of its version
 * @param base the beginning of its files' names. A snapshot's has the time in it
 */
record Staged(String id, Path folder, String base) {
  static final Path GROUP =
      Path.of(System.getProperty("release.staging")).resolve("com/gymcoach/bedrock");

  private static final String BOM = "bedrock-cache-bom";

  /** Returns the artifacts that are published: the modules whose POM says so, and the BOM. */
  static List<String> published() throws IOException {
    Path root = Path.of(System.getProperty("release.root"));
    List<String> ids = new ArrayList<>(List.of(BOM));
    for (MatchResult module :
        Pattern.compile("<module>([^<]+)</module>")
            .matcher(Files.readString(root.resolve("pom.xml")))
            .results()
            .toList()) {
      Path pom = root.resolve(module.group(1)).resolve("pom.xml");
      if (Files.readString(pom).contains("<maven.deploy.skip>false</maven.deploy.skip>")) {
        ids.add(
            xml(pom)
                .getDocumentElement()
                .getElementsByTagName("artifactId")
                .item(1)
                .getTextContent());
      }
    }
    return ids;
  }

  static Stream<Staged> all() throws IOException {
    List<Staged> found = new ArrayList<>();
    for (String id : published()) {
      found.add(of(id));
    }
    return found.stream();
  }

  private static Staged of(String id) throws IOException {
    Path folder = GROUP.resolve(id).resolve(System.getProperty("release.version"));
    try (Stream<Path> files = Files.list(folder)) {
      String pom =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".pom"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("No POM in " + folder));
      return new Staged(id, folder, pom.substring(0, pom.length() - ".pom".length()));
    }
  }

  boolean isBom() {
    return id.equals(BOM);
  }

  /** Returns a file by the end of its name, such as {@code -sources.jar}. */
  Path file(String ending) {
    return folder.resolve(base + ending);
  }

  /** Returns the endings of the files that Maven Central asks for, and of the SBOM. */
  List<String> endings() {
    return isBom()
        ? List.of(".pom")
        : List.of(".pom", ".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json");
  }

  static Document xml(Path file) throws IOException {
    try {
      return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(file.toString(), e);
    }
  }

  @Override
  public String toString() {
    return id;
  }
}
