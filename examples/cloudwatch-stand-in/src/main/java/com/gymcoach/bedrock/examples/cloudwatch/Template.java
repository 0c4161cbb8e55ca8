package com.gymcoach.bedrock.examples.cloudwatch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A template of CloudFormation's or SAM's, and what its functions come to for given parameters. A
 * reference to what is not there, or a function that is not known here, fails.
 */
public final class Template {
  private static final Pattern PLACE = Pattern.compile("\\$\\{(!?)([^}]+)}");
  private static final Object NO_VALUE = new Object();
  private static final Map<String, Object> PSEUDO =
      Map.of(
          "AWS::Partition", "aws",
          "AWS::Region", "eu-central-1",
          "AWS::AccountId", "000000000000",
          "AWS::NoValue", NO_VALUE);

  private final Path file;
  private final Map<String, Object> root;
  private final Map<String, Object> parameters = new LinkedHashMap<>();
  private final Set<String> used = new TreeSet<>();

  private Template(Path file, Map<String, Object> root) {
    this.file = file;
    this.root = root;
  }

  /** Reads a template, with the parameters' defaults where they have one. */
  public static Template read(Path file, Map<String, ?> parameters) {
    Template template = new Template(file, object(load(file)));
    Map<String, Object> declared = template.section("Parameters");
    parameters.keySet().forEach(name -> known(declared.get(name), "parameter " + name, file));
    declared.forEach(
        (name, parameter) -> {
          Object value = parameters.get(name);
          value = value == null ? object(parameter).get("Default") : value;
          template.parameters.put(name, known(value, "parameter " + name, file));
        });
    return template;
  }

  public Map<String, Object> section(String name) {
    return object(root.getOrDefault(name, Map.of()));
  }

  /** Returns a resource as it is written. */
  public Map<String, Object> resource(String name) {
    return object(known(section("Resources").get(name), "resource " + name, file));
  }

  /** Returns the properties of all resources of a type, by name, with all functions worked out. */
  public Map<String, Map<String, Object>> ofType(String type) {
    Map<String, Map<String, Object>> found = new LinkedHashMap<>();
    for (String name : section("Resources").keySet()) {
      if (type.equals(resource(name).get("Type"))) {
        found.put(name, properties(name));
      }
    }
    return found;
  }

  /** Returns a resource's properties with all functions worked out. */
  public Map<String, Object> properties(String name) {
    return object(value(resource(name).getOrDefault("Properties", Map.of())));
  }

  /** Returns a nested stack, with the parameters that it is given here. */
  public Template nested(String name) {
    Map<String, Object> properties = properties(name);
    return read(
        file.resolveSibling(properties.getOrDefault("TemplateURL", "none").toString()),
        object(properties.getOrDefault("Parameters", Map.of())));
  }

  /** Works out every function of this template and its nested ones. */
  public void resolveAll() {
    section("Conditions").keySet().forEach(this::holds);
    for (String name : section("Resources").keySet()) {
      if (isThere(name)) {
        value(resource(name));
        if (isStack(name)) {
          nested(name).resolveAll();
        }
      }
    }
    value(section("Outputs"));
    known(used.equals(parameters.keySet()) ? used : null, "use of a parameter", file);
  }

  private boolean isStack(String name) {
    return "AWS::CloudFormation::Stack".equals(resource(name).get("Type"));
  }

  private boolean isThere(String name) {
    Object condition = resource(name).get("Condition");
    return condition == null || holds(condition.toString());
  }

  private boolean holds(String condition) {
    return value(known(section("Conditions").get(condition), "condition " + condition, file))
        .equals(true);
  }

  /** Returns what a value comes to. */
  private Object value(Object written) {
    if (written instanceof List<?> list) {
      return list.stream().map(this::value).filter(each -> each != NO_VALUE).toList();
    } else if (!(written instanceof Map<?, ?>)) {
      return written;
    }
    Map<String, Object> map = object(written);
    String only = map.size() == 1 ? map.keySet().iterator().next() : "";
    if (only.equals("Ref") || only.startsWith("Fn::")) {
      return function(only, Objects.requireNonNull(map.get(only)));
    }
    Map<String, Object> values = new LinkedHashMap<>();
    map.forEach((name, value) -> values.put(name, value(value)));
    values.values().removeIf(each -> each == NO_VALUE);
    return values;
  }

  private Object function(String name, Object argument) {
    return switch (name) {
      case "Ref" -> ref(argument.toString());
      case "Fn::GetAtt" -> attribute(list(argument));
      case "Fn::Sub" -> substituted(argument.toString());
      case "Fn::If" -> value(list(argument).get(holds(list(argument).get(0).toString()) ? 1 : 2));
      case "Fn::Not" -> value(list(argument).get(0)).equals(false);
      case "Fn::Equals" -> value(list(argument).get(0)).equals(value(list(argument).get(1)));
      default -> throw new IllegalArgumentException(name + " is not known here");
    };
  }

  private Object ref(String name) {
    Object value = PSEUDO.getOrDefault(name, parameters.get(name));
    if (value != null) {
      if (parameters.containsKey(name)) {
        used.add(name);
      }
      return value;
    }
    known(isThere(name) ? name : null, "resource " + name, file);
    return "<" + name + ">";
  }

  private Object attribute(List<?> path) {
    String name = path.get(0).toString();
    String attribute = path.get(1).toString();
    ref(name);
    if (isStack(name)) {
      Template stack = nested(name);
      Object output = stack.section("Outputs").get(attribute.replaceFirst("^Outputs\\.", ""));
      return stack.value(object(known(output, attribute, stack.file)).getOrDefault("Value", ""));
    }
    return "<" + name + "." + attribute + ">";
  }

  private String substituted(String text) {
    return PLACE
        .matcher(text)
        .replaceAll(
            place -> {
              String[] path = place.group(2).split("\\.", 2);
              Object value =
                  !place.group(1).isEmpty()
                      ? "${" + place.group(2) + "}"
                      : path.length == 1 ? ref(path[0]) : attribute(List.of(path));
              return Matcher.quoteReplacement(value.toString());
            });
  }

  private static <T> T known(@Nullable T value, String what, Path file) {
    if (value == null) {
      throw new IllegalArgumentException("There is no " + what + " in " + file);
    }
    return value;
  }

  /** Reads YAML, or JSON, which is YAML too. */
  private static Object load(Path file) {
    try {
      return new Yaml(new ShortForms()).load(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static List<Object> list(@Nullable Object value) {
    return new ArrayList<>((List<?>) Objects.requireNonNull(value));
  }

  public static Map<String, Object> object(@Nullable Object value) {
    Map<String, Object> object = new LinkedHashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(value))
        .forEach((name, member) -> object.put(name.toString(), Objects.requireNonNull(member)));
    return object;
  }

  /** {@code !Ref x} as {@code Ref: x}, and {@code !GetAtt a.b} as {@code Fn::GetAtt: [a, b]}. */
  private static final class ShortForms extends SafeConstructor {
    ShortForms() {
      super(new LoaderOptions());
      yamlMultiConstructors.put(
          "!",
          new AbstractConstruct() {
            @Override
            public Object construct(Node node) {
              String name = node.getTag().getValue().substring(1);
              Object argument =
                  node instanceof ScalarNode scalar
                      ? scalar.getValue()
                      : node instanceof SequenceNode sequence
                          ? constructSequence(sequence)
                          : constructMapping((MappingNode) node);
              return switch (name) {
                case "Ref" -> Map.of(name, argument);
                case "GetAtt" -> Map.of("Fn::GetAtt", List.of(argument.toString().split("\\.", 2)));
                default -> Map.of("Fn::" + name, argument);
              };
            }
          });
    }
  }
}
