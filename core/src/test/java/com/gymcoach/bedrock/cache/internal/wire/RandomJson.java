package com.gymcoach.bedrock.cache.internal.wire;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Random JSON: an object is a map from a name as it is written to a value, an array a list, all
 * else the text as it is written.
 */
public final class RandomJson {
  private static final String[] NAMES = {
    "",
    "a",
    "b",
    "aa",
    "ab",
    "A",
    "é",
    "\\u0062a",
    "\\n",
    "\\\"",
    "😀",
    "\\ud83d\\ude01",
    "\uffff",
    "\\uffee",
    "type",
    "text",
    "a\\/b",
    "zzzzzzzzzzzzzzzzzzzzzz",
    "ключ"
  };
  private static final String[] SCALARS = {
    "1",
    "1.0",
    "1e0",
    "1E+0",
    "-0",
    "0",
    "100",
    "1e2",
    "9007199254740993",
    "true",
    "false",
    "null",
    "\"\"",
    "\"a\"",
    "\"\\u0061\"",
    "\" , : { } [ ] \"",
    "\"\\\\\\\"\"",
    "\"a longer text, so that whole words are read at once; é 日本 😀 \\ud800 and \\u00e9\\n\""
  };

  private RandomJson() {}

  /** Returns a document of a few levels. */
  public static Object document(Random random) {
    return value(random, 4);
  }

  private static Object value(Random random, int levels) {
    int kind = levels == 0 ? 9 : random.nextInt(10);
    if (kind < 4) {
      Map<String, Object> object = new LinkedHashMap<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        object.put(NAMES[random.nextInt(NAMES.length)], value(random, levels - 1));
      }
      return object;
    }
    if (kind < 6) {
      List<Object> array = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        array.add(value(random, levels - 1));
      }
      return array;
    }
    return SCALARS[random.nextInt(SCALARS.length)];
  }

  /** Writes a document with the members of each object in random order and random white space. */
  public static String shuffled(Object value, Random random) {
    StringBuilder out = new StringBuilder();
    write(value, out, random);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out, Random random) {
    whiteSpace(out, random);
    if (value instanceof Map<?, ?> object) {
      out.append('{');
      List<Map.Entry<?, ?>> members = new ArrayList<>(object.entrySet());
      Collections.shuffle(members, random);
      String separator = "";
      for (Map.Entry<?, ?> member : members) {
        out.append(separator);
        whiteSpace(out, random);
        out.append('"').append(member.getKey()).append('"');
        whiteSpace(out, random);
        out.append(':');
        write(member.getValue(), out, random);
        separator = ",";
      }
      out.append('}');
    } else if (value instanceof List<?> array) {
      out.append('[');
      String separator = "";
      for (Object element : array) {
        out.append(separator);
        write(element, out, random);
        separator = ",";
      }
      out.append(']');
    } else {
      out.append(value);
    }
    whiteSpace(out, random);
  }

  private static void whiteSpace(StringBuilder out, Random random) {
    if (random.nextInt(8) == 0) {
      out.append(" \n\r\t".charAt(random.nextInt(4)));
    }
  }
}
