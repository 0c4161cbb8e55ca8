package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a call's key: a digest of each value, and no value. Two trees made by the same
 * {@link FieldDigests} tell at which fields their calls differ.
 *
 * <p>The nodes are in the order of the request, each before its children; the first is the root. A
 * tree that is kept has no names either, so that nothing of a request's text stays in memory.
 * Immutable.
 */
public final class FieldTree {
  /** The kinds of value. */
  enum Kind {
    /** A value without parts. */
    LEAF,
    /** An object of the SDK's model, whose possible members are known. */
    OBJECT,
    /** A list, whose elements have numbers. */
    LIST,
    /** Members with names of the caller's choice. */
    MAP,
    /** A value whose parts are not told apart. */
    WHOLE;

    boolean hasParts() {
      return this != LEAF && this != WHOLE;
    }
  }

  /**
   * A value, or a part of one.
   *
   * @param id identifies it among its siblings: a digest of its name, or its number in a list
   * @param end the position after its last descendant
   */
  record Node(long id, Kind kind, long digest, int end) {}

  /**
   * The name of a node in a path.
   *
   * @param segment the part of the path, such as {@code .text} or {@code [3]}
   * @param type the members that an object can have, or null
   */
  record Name(String segment, @Nullable FieldPlan type) {}

  private static final int ROOT = 0;

  private final List<Node> nodes;

  /** The name of each node; empty in a tree that is kept. */
  private final List<Name> names;

  private FieldTree(List<Node> nodes, List<Name> names) {
    this.nodes = List.copyOf(nodes);
    this.names = List.copyOf(names);
  }

  /**
   * Returns a tree of these nodes. If there are more than {@code most}, the deepest levels are left
   * out, but never those of the request's own fields.
   */
  static FieldTree of(List<Node> nodes, List<Name> names, int most) {
    int[] levels = levels(nodes);
    int[] counts = new int[levels.length + 1];
    for (int level : levels) {
      counts[level]++;
    }
    int total = counts[0] + counts[1];
    int deepest = 1;
    while (counts[deepest] > 0 && total + counts[deepest + 1] <= most) {
      total += counts[++deepest];
    }
    return total == levels.length
        ? new FieldTree(nodes, names)
        : upTo(deepest, levels, new FieldTree(nodes, names));
  }

  /** Returns how many nodes are around each node. */
  private static int[] levels(List<Node> nodes) {
    int[] levels = new int[nodes.size()];
    int[] ends = new int[nodes.size() + 1];
    int depth = 0;
    for (int i = 0; i < nodes.size(); i++) {
      while (depth > 0 && ends[depth - 1] <= i) {
        depth--;
      }
      levels[i] = depth;
      ends[depth++] = nodes.get(i).end();
    }
    return levels;
  }

  private static FieldTree upTo(int deepest, int[] levels, FieldTree whole) {
    int[] positions = new int[levels.length + 1];
    for (int i = 0; i < levels.length; i++) {
      positions[i + 1] = positions[i] + (levels[i] <= deepest ? 1 : 0);
    }
    List<Node> nodes = new ArrayList<>();
    List<Name> names = new ArrayList<>();
    for (int i = 0; i < levels.length; i++) {
      Node node = whole.nodes.get(i);
      if (levels[i] <= deepest) {
        boolean emptied = levels[i] == deepest && node.end() > i + 1;
        Kind kind = emptied ? Kind.WHOLE : node.kind();
        nodes.add(new Node(node.id(), kind, node.digest(), positions[node.end()]));
        names.add(whole.names.get(i));
      }
    }
    return new FieldTree(nodes, names);
  }

  /** Returns this tree without names, to be kept. */
  public FieldTree withoutNames() {
    return new FieldTree(nodes, List.of());
  }

  /** Returns the number of nodes. */
  int size() {
    return nodes.size();
  }

  /** Returns the number of fields in which this call differs from another one. */
  public int differencesFrom(FieldTree kept) {
    return differencesFrom(kept, path -> {});
  }

  /**
   * Tells in which fields this call differs from another one, in the order of the fields. A field
   * that only one of them has is reported once, without its content. If only the other one has it
   * and callers choose its name, the name was not kept: then the field that contained it is
   * reported.
   *
   * @return the number of fields told
   */
  public int differencesFrom(FieldTree kept, Consumer<String> paths) {
    Comparison comparison = new Comparison(kept, paths);
    comparison.compare(ROOT, ROOT);
    return comparison.count;
  }

  /**
   * Returns the child of a node, or -1.
   *
   * @param hint the child with which to begin: children of two trees are mostly in the same order
   */
  private int child(int parent, int hint, long id) {
    int end = nodes.get(parent).end();
    for (int i = hint; i < end; i = nodes.get(i).end()) {
      if (nodes.get(i).id() == id) {
        return i;
      }
    }
    for (int i = parent + 1; i < hint; i = nodes.get(i).end()) {
      if (nodes.get(i).id() == id) {
        return i;
      }
    }
    return -1;
  }

  /** Returns the path to a node from the root. */
  private String path(int node) {
    StringBuilder path = new StringBuilder();
    int at = ROOT;
    while (at != node) {
      at++;
      while (nodes.get(at).end() <= node) {
        at = nodes.get(at).end();
      }
      path.append(names.get(at).segment());
    }
    return path.toString();
  }

  /** Returns the name of a child that a node does not have, or null if that cannot be known. */
  private @Nullable String nameOfAbsent(int parent, long id) {
    FieldPlan type = names.get(parent).type();
    if (type != null) {
      for (FieldPlan.Field field : type.fields()) {
        if (FieldDigests.id(field.field().locationName()) == id) {
          return "." + field.field().locationName();
        }
      }
    }
    return nodes.get(parent).kind() == Kind.LIST ? "[" + id + "]" : null;
  }

  private final class Comparison {
    private final FieldTree kept;
    private final Consumer<String> paths;
    private int count;

    Comparison(FieldTree kept, Consumer<String> paths) {
      this.kept = kept;
      this.paths = paths;
    }

    private void differ(String path) {
      count++;
      paths.accept(path.isEmpty() ? "request" : path.replaceFirst("^\\.", ""));
    }

    void compare(int here, int there) {
      Node mine = nodes.get(here);
      Node other = kept.nodes.get(there);
      if (mine.digest() == other.digest()) {
        return;
      }
      int before = count;
      if (mine.kind() == other.kind() && mine.kind().hasParts()) {
        compareChildren(here, there);
        findRemoved(here, there);
      }
      if (count == before) {
        differ(path(here));
      }
    }

    private void compareChildren(int here, int there) {
      int hint = there + 1;
      for (int i = here + 1; i < nodes.get(here).end(); i = nodes.get(i).end()) {
        int same = kept.child(there, hint, nodes.get(i).id());
        if (same < 0) {
          differ(path(i));
        } else {
          compare(i, same);
          hint = kept.nodes.get(same).end();
        }
      }
    }

    /** Tells the children that only the other call has. */
    private void findRemoved(int here, int there) {
      int hint = here + 1;
      boolean anyUnnamed = false;
      for (int i = there + 1; i < kept.nodes.get(there).end(); i = kept.nodes.get(i).end()) {
        long id = kept.nodes.get(i).id();
        int same = child(here, hint, id);
        if (same >= 0) {
          hint = nodes.get(same).end();
          continue;
        }
        String name = nameOfAbsent(here, id);
        if (name != null) {
          differ(path(here) + name);
        } else {
          anyUnnamed = true;
        }
      }
      if (anyUnnamed) {
        differ(path(here));
      }
    }
  }
}
