package com.gymcoach.bedrock.compatibility;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.signature.SignatureReader;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.util.TraceSignatureVisitor;

/**
 * The public API of a jar: its public and protected types and members outside internal packages, as
 * lines of text. It is read from the class files, so it needs no other jar.
 */
final class PublicApi {
  private static final Pattern INTERNAL = Pattern.compile("(^|/)internal/");
  private static final Pattern JAVA_LANG =
      Pattern.compile("\\bjava\\.lang\\.(?=[A-Z]\\w*\\b(?!\\.[a-z]))");

  private static final int MEMBER =
      Opcodes.ACC_PUBLIC
          | Opcodes.ACC_PROTECTED
          | Opcodes.ACC_STATIC
          | Opcodes.ACC_FINAL
          | Opcodes.ACC_ABSTRACT;

  private final Map<String, ClassNode> classes = new TreeMap<>();
  private final Map<String, Integer> nestedAccess = new HashMap<>();

  private PublicApi() {}

  /** Returns a line for each type, and below it an indented line for each member, sorted. */
  static List<String> of(Path jar) throws IOException {
    PublicApi api = new PublicApi();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : file.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        try (InputStream in = file.getInputStream(entry)) {
          api.read(new ClassReader(in));
        }
      }
    }
    List<String> lines = new ArrayList<>();
    for (ClassNode type : api.classes.values()) {
      if (api.isVisible(type)) {
        lines.add(api.declaration(type));
        api.members(type).forEach(member -> lines.add("  " + member));
      }
    }
    return lines;
  }

  private void read(ClassReader reader) {
    ClassNode node = new ClassNode();
    reader.accept(node, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    if (!node.name.endsWith("-info")) {
      classes.put(node.name, node);
    }
    node.innerClasses.stream()
        .filter(inner -> inner.name.equals(node.name))
        .forEach(inner -> nestedAccess.put(node.name, inner.access));
  }

  private int access(ClassNode type) {
    return nestedAccess.getOrDefault(type.name, type.access);
  }

  /** Returns whether a type and all types around it can be named by a user. */
  private boolean isVisible(ClassNode type) {
    if (INTERNAL.matcher(type.name).find() || !isOpen(access(type), true)) {
      return false;
    }
    int outer = type.name.lastIndexOf('$');
    if (outer < 0) {
      return true;
    }
    ClassNode around = classes.get(type.name.substring(0, outer));
    return around != null
        && isVisible(around)
        && ((access(type) & Opcodes.ACC_PUBLIC) != 0 || isExtensible(around));
  }

  private static boolean isOpen(int access, boolean extensible) {
    return (access & Opcodes.ACC_SYNTHETIC) == 0
        && ((access & Opcodes.ACC_PUBLIC) != 0
            || (extensible && (access & Opcodes.ACC_PROTECTED) != 0));
  }

  /** Returns whether a user can write a subtype, for which protected members count. */
  private boolean isExtensible(ClassNode type) {
    return (access(type) & Opcodes.ACC_FINAL) == 0
        && type.permittedSubclasses == null
        && type.methods.stream()
            .anyMatch(method -> method.name.equals("<init>") && isOpen(method.access, true));
  }

  private String declaration(ClassNode type) {
    StringBuilder line = new StringBuilder();
    int access = access(type);
    line.append(modifiers(access & ~(isKind(access) ? Opcodes.ACC_ABSTRACT : 0)));
    if (type.permittedSubclasses != null) {
      line.append("sealed ");
    }
    line.append(kind(type, access)).append(' ').append(name(type.name));
    if (type.signature != null) {
      TraceSignatureVisitor signature = new TraceSignatureVisitor(access);
      new SignatureReader(type.signature).accept(signature);
      line.append(signature.getDeclaration());
    } else {
      if (!type.superName.equals("java/lang/Object")) {
        line.append(" extends ").append(name(type.superName));
      }
      if (!type.interfaces.isEmpty()) {
        line.append(" implements ");
        line.append(
            type.interfaces.stream().map(PublicApi::name).collect(Collectors.joining(", ")));
      }
    }
    return tidy(line.toString());
  }

  private static boolean isKind(int access) {
    return (access & (Opcodes.ACC_INTERFACE | Opcodes.ACC_ENUM)) != 0;
  }

  private static String kind(ClassNode type, int access) {
    if ((access & Opcodes.ACC_ANNOTATION) != 0) {
      return "@interface";
    }
    if ((access & Opcodes.ACC_INTERFACE) != 0) {
      return "interface";
    }
    if ((access & Opcodes.ACC_ENUM) != 0) {
      return "enum";
    }
    return type.superName.equals("java/lang/Record") ? "record" : "class";
  }

  /**
   * Returns a type's members, and those that it inherits from types of the jar that a user cannot
   * name: they are part of what can be called, too.
   */
  private Set<String> members(ClassNode type) {
    Set<String> members = new TreeSet<>();
    boolean extensible = isExtensible(type);
    collect(type, type, extensible, members, new HashSet<>());
    return members;
  }

  private void collect(
      ClassNode of, ClassNode from, boolean extensible, Set<String> to, Set<String> seen) {
    for (FieldNode field : from.fields) {
      if (isOpen(field.access, extensible)) {
        to.add(field(field));
      }
    }
    for (MethodNode method : from.methods) {
      boolean constructor = method.name.equals("<init>");
      if (isOpen(method.access, extensible) && !(constructor && of != from)) {
        to.add(method(of, method));
      }
    }
    List<String> above = new ArrayList<>(from.interfaces);
    above.add(from.superName);
    for (String name : above) {
      ClassNode hidden = classes.get(name);
      if (hidden != null && !isVisible(hidden) && seen.add(name)) {
        collect(of, hidden, extensible, to, seen);
      }
    }
  }

  private static String field(FieldNode field) {
    String type = fieldType(field);
    String constant = field.value == null ? "" : " = " + field.value;
    return tidy(deprecated(field.access) + modifiers(field.access) + type + " " + field.name)
        + constant;
  }

  private static String fieldType(FieldNode field) {
    TraceSignatureVisitor signature = new TraceSignatureVisitor(0);
    new SignatureReader(field.signature == null ? field.desc : field.signature)
        .acceptType(signature);
    return orObject(signature.getDeclaration());
  }

  /** ASM leaves {@code Object} out where it stands alone. */
  private static String orObject(@Nullable String type) {
    return type == null || type.isEmpty() ? "Object" : type;
  }

  private static String method(ClassNode of, MethodNode method) {
    TraceSignatureVisitor signature = new TraceSignatureVisitor(0);
    new SignatureReader(method.signature == null ? method.desc : method.signature)
        .accept(signature);
    String declaration = signature.getDeclaration();
    int parameters = declaration.indexOf('(');
    String variables = declaration.substring(0, parameters);
    StringBuilder line = new StringBuilder(deprecated(method.access));
    line.append(modifiers(method.access));
    if ((of.access & Opcodes.ACC_INTERFACE) != 0
        && (method.access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_STATIC)) == 0) {
      line.append("default ");
    }
    line.append(variables).append(variables.isEmpty() ? "" : " ");
    if (method.name.equals("<init>")) {
      line.append("new");
    } else {
      line.append(orObject(signature.getReturnType())).append(' ').append(method.name);
    }
    line.append(declaration.substring(parameters));
    if (!method.exceptions.isEmpty()) {
      line.append(" throws ");
      line.append(
          method.exceptions.stream().map(PublicApi::name).collect(Collectors.joining(", ")));
    }
    return tidy(line.toString());
  }

  private static String deprecated(int access) {
    return (access & Opcodes.ACC_DEPRECATED) != 0 ? "@Deprecated " : "";
  }

  private static String modifiers(int access) {
    int kept = access & MEMBER;
    String words = Modifier.toString(kept);
    return words.isEmpty() ? "" : words + " ";
  }

  private static String name(@Nullable String internal) {
    return String.valueOf(internal).replace('/', '.').replace('$', '.');
  }

  private static String tidy(String line) {
    return JAVA_LANG.matcher(line.replace('$', '.')).replaceAll("");
  }
}
