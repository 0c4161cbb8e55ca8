package com.gymcoach.bedrock.release;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** A staged POM, read by paths of element names below {@code project}. */
final class Pom {
  private final Element project;

  Pom(Path file) throws IOException {
    project = Staged.xml(file).getDocumentElement();
  }

  /** Returns the texts of all elements on a path, such as {@code licenses/license/name}. */
  List<String> texts(String path) {
    return elements(project, path).stream().map(found -> found.getTextContent().strip()).toList();
  }

  /** Returns the versions of the dependencies, by group and artifact with a colon between. */
  Map<String, String> dependencies() {
    Map<String, String> versions = new TreeMap<>();
    for (Element dependency : elements(project, "dependencies/dependency")) {
      versions.put(
          text(dependency, "groupId") + ":" + text(dependency, "artifactId"),
          text(dependency, "version"));
    }
    return versions;
  }

  private static String text(Element in, String name) {
    return elements(in, name).get(0).getTextContent().strip();
  }

  private static List<Element> elements(Element in, String path) {
    List<Element> found = List.of(in);
    for (String name : path.split("/", -1)) {
      List<Element> next = new ArrayList<>();
      for (Element element : found) {
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
          if (child instanceof Element inner && inner.getTagName().equals(name)) {
            next.add(inner);
          }
        }
      }
      found = next;
    }
    return found;
  }
}
