package com.gymcoach.bedrock.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Helpers that the targets share. */
public final class Checks {
  private Checks() {}

  /**
   * Requires that something holds.
   *
   * @throws AssertionError with the text if it does not
   */
  public static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  /** Returns texts as inputs. */
  public static List<byte[]> texts(String... texts) {
    List<byte[]> inputs = new ArrayList<>();
    for (String text : texts) {
      inputs.add(text.getBytes(UTF_8));
    }
    return inputs;
  }

  /**
   * The messages of a reader that quotes nothing of its input: without their numbers they are few,
   * however many inputs there were. Thread-safe.
   */
  public static final class Messages {
    private static final int MAX_NUMBERLESS = 64;

    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /** Adds the message of an exception that refused an input. */
    public void add(Exception refusal) {
      String message = String.valueOf(refusal.getMessage());
      if (known.add(message.replaceAll("[0-9][0-9,.]*", "#")) && known.size() > MAX_NUMBERLESS) {
        throw new AssertionError("Its messages may quote the input: " + known);
      }
    }
  }
}
