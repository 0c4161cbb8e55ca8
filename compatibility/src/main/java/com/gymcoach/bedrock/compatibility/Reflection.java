package com.gymcoach.bedrock.compatibility;

import com.gymcoach.bedrock.cache.BedrockCache;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** Does to every class of the library what frameworks do to a bean's. */
final class Reflection {
  private Reflection() {}

  /** Returns what failed, a line for each class. */
  static Set<String> failures() {
    Set<String> failures = new TreeSet<>();
    for (String element :
        List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))) {
      String jar = new File(element).getName();
      if (jar.matches("bedrock-cache(-dynamodb-store)?-[0-9].*\\.jar")) {
        failures.addAll(failures(element));
      }
    }
    return failures;
  }

  private static Set<String> failures(String jar) {
    Set<String> failures = new TreeSet<>();
    try (JarFile file = new JarFile(jar)) {
      for (JarEntry entry : file.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        String name = entry.getName().replaceFirst("\\.class$", "").replace('/', '.');
        try {
          Class<?> type = Class.forName(name, false, BedrockCache.class.getClassLoader());
          int unused =
              type.getDeclaredMethods().length
                  + type.getDeclaredFields().length
                  + type.getDeclaredConstructors().length
                  + type.getMethods().length;
        } catch (ClassNotFoundException | LinkageError e) {
          failures.add(name + ": " + e);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return failures;
  }
}
