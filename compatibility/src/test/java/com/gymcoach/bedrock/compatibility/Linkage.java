package com.gymcoach.bedrock.compatibility;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;
import org.objectweb.asm.tree.ClassNode;

/**
 * Finds what classes refer to and a class path lacks: types, wherever a class file names one
 * (signatures, stack maps, constants, annotations), and the methods and fields that code uses. A
 * class file is only read, so nothing here depends on which code would run.
 */
final class Linkage implements AutoCloseable {
  private final URLClassLoader classPath;
  private final Map<String, @Nullable ClassInfo> classes = new HashMap<>();

  /** A class file's own members, by name and descriptor, and the types that it inherits from. */
  private record ClassInfo(Set<String> members, List<String> parents) {}

  Linkage(List<Path> jars) throws MalformedURLException {
    URL[] urls = new URL[jars.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = jars.get(i).toUri().toURL();
    }
    classPath = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
  }

  /** Returns what the classes of some jars refer to and the class path lacks, by class. */
  Map<String, Set<String>> missing(List<Path> jars) throws IOException {
    Map<String, Set<String>> missing = new TreeMap<>();
    for (Path jar : jars) {
      addMissing(jar, missing);
    }
    return missing;
  }

  private void addMissing(Path jar, Map<String, Set<String>> missing) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : file.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        try (InputStream in = file.getInputStream(entry)) {
          ClassReader reader = new ClassReader(in);
          Set<String> ofClass = missing(reader);
          if (!ofClass.isEmpty()) {
            missing.put(reader.getClassName().replace('/', '.'), ofClass);
          }
        }
      }
    }
  }

  private Set<String> missing(ClassReader reader) {
    Set<String> missing = new TreeSet<>();
    Remapper references =
        new Remapper(Opcodes.ASM9) {
          @Override
          public String map(String type) {
            if (info(type) == null) {
              missing.add(type.replace('/', '.'));
            }
            return type;
          }

          @Override
          public String mapMethodName(String owner, String name, String descriptor) {
            return member(owner, name, descriptor);
          }

          @Override
          public String mapFieldName(String owner, String name, String descriptor) {
            return member(owner, name, descriptor);
          }

          private String member(String owner, String name, String descriptor) {
            // The methods of an array are Object's, those of java.lang.invoke fit any descriptor.
            if (!owner.startsWith("[")
                && !owner.startsWith("java/lang/invoke/")
                && !has(owner, name + descriptor)) {
              missing.add(owner.replace('/', '.') + "#" + name + descriptor);
            }
            return name;
          }
        };
    reader.accept(new ClassRemapper(new ClassNode(), references), 0);
    return missing;
  }

  private boolean has(String owner, String member) {
    ClassInfo info = info(owner);
    return info == null // then the type itself is listed
        || info.members().contains(member)
        || info.parents().stream().anyMatch(parent -> has(parent, member));
  }

  private @Nullable ClassInfo info(String type) {
    if (!classes.containsKey(type)) {
      classes.put(type, read(type));
    }
    return classes.get(type);
  }

  private @Nullable ClassInfo read(String type) {
    try (InputStream in = classPath.getResourceAsStream(type + ".class")) {
      if (in == null) {
        return null;
      }
      Set<String> members = new TreeSet<>();
      ClassReader reader = new ClassReader(in);
      reader.accept(
          new ClassVisitor(Opcodes.ASM9) {
            @Override
            public @Nullable MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] thrown) {
              members.add(name + descriptor);
              return null;
            }

            @Override
            public @Nullable FieldVisitor visitField(
                int access, String name, String descriptor, String signature, Object value) {
              members.add(name + descriptor);
              return null;
            }
          },
          ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
      List<String> parents = new ArrayList<>(List.of(reader.getInterfaces()));
      if (reader.getSuperName() != null) {
        parents.add(reader.getSuperName());
      }
      return new ClassInfo(members, parents);
    } catch (IOException e) {
      throw new IllegalStateException(type, e);
    }
  }

  @Override
  public void close() throws IOException {
    classPath.close();
  }
}
