package com.gymcoach.bedrock.cache.internal.wire;

import static com.gymcoach.bedrock.fuzz.Checks.require;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Checks;
import com.gymcoach.bedrock.fuzz.Target;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bodies in canonical form. A body keeps its meaning, so two texts of different meaning never have
 * the same form; and texts that differ in the order of members and in white space have one form.
 * Another JSON parser is the judge. A body that is not JSON stays unchanged.
 */
public final class CanonicalJsonFuzz implements Target {
  private static final int PER_BYTE = 96;
  private static final int BASE = 16 * 1_024;

  /** Up to this depth, sorting never moves more than its limit of 16 times the text's size. */
  private static final int ALWAYS_SORTED = 15;

  @Override
  public List<byte[]> seeds() {
    return Checks.texts(
        "{\"b\":1,\"a\":[1.0,-0,1e5,true,false,null],\"c\":{\"z\":\"\\u00e9\\ud83d\\ude00\",\"y\":\"s3://b/k\"}}",
        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hello\"}]}],\"max_tokens\":10}",
        "{\"systemTool\":{\"name\":\"x\"},\"é\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}",
        " [ [ [ ] , { } ] , \"\" ] ",
        "{\"k\":{\"j\":{\"i\":{\"h\":1,\"g\":2},\"f\":3},\"e\":4},\"d\":5,\"c\":6,\"b\":7,\"a\":8}",
        "{\"19\":0,\"18\":0,\"17\":0,\"16\":0,\"15\":0,\"14\":0,\"13\":0,\"12\":0,\"11\":0,\"10\":0,"
            + "\"09\":0,\"08\":0,\"07\":0,\"06\":0,\"05\":0,\"04\":0,\"03\":0,\"02\":0,\"01\":0}",
        "-12.50E+7",
        "\"\uffff\ud83d\ude00\"");
  }

  @Override
  public List<byte[]> nearMisses() {
    return Checks.texts("{\"a\":1,\"\\u0061\":2}", "[01]", "{\"a\":1,}", "\ufeff[]");
  }

  @Override
  public boolean accepts(byte[] input) {
    byte[] before = input.clone();
    CanonicalJson json = Bounds.within(input, PER_BYTE, BASE, () -> CanonicalJson.of(input));
    require(Arrays.equals(input, before), "The body was changed");
    byte[] form = form(json);
    JsonText.Reading reading = JsonText.read(input);
    if (reading != null && reading.isUnknown()) {
      return json.canonical();
    }
    if (!json.canonical()) {
      require(Arrays.equals(form, input), "A body is changed but not canonical");
      require(reading == null || reading.depth() > ALWAYS_SORTED, "JSON has no canonical form");
      return false;
    }
    if (reading == null) {
      throw new AssertionError("Canonical, but not JSON");
    }
    require(reading.meaning().equals(meaning(form)), "The canonical form means something else");
    CanonicalJson again = CanonicalJson.of(form);
    require(
        again.canonical()
            && Arrays.equals(form(again), form)
            && again.volatileReference() == json.volatileReference(),
        "The canonical form has another canonical form");
    if (reading.depth() <= ALWAYS_SORTED) {
      CanonicalJson reversed = CanonicalJson.of(reading.reversed().getBytes(UTF_8));
      require(Arrays.equals(form(reversed), form), "The order of members counts");
    }
    require(Arrays.equals(walked(json), form), "The walk is over another text");
    return true;
  }

  private static byte[] form(CanonicalJson json) {
    return Arrays.copyOf(json.buffer(), json.length());
  }

  private static @Nullable String meaning(byte[] text) {
    JsonText.Reading reading = JsonText.read(text);
    return reading == null ? null : reading.meaning();
  }

  /** Returns the text that a walk tells, with the commas and colons that it leaves out. */
  private static byte[] walked(CanonicalJson json) {
    CanonicalWalk walk = new CanonicalWalk(json);
    Told told = new Told(walk.text());
    walk.tell(told);
    return Arrays.copyOf(told.out, told.length);
  }

  private static final class Told implements CanonicalWalk.Visitor {
    private final byte[] text;
    private final byte[] out;
    private final boolean[] isObject = new boolean[SdkJson.MAX_DEPTH + 2];
    private int depth;
    private int length;

    Told(byte[] text) {
      this.text = text;
      this.out = new byte[2 * text.length + 2];
    }

    private void write(int b) {
      out[length++] = (byte) b;
    }

    private void write(int from, int to) {
      System.arraycopy(text, from, out, length, to - from);
      length += to - from;
    }

    private void comma() {
      byte last = length == 0 ? (byte) '[' : out[length - 1];
      if (last != '[' && last != '{' && last != ':') {
        write(',');
      }
    }

    @Override
    public void begin(boolean object) {
      comma();
      isObject[++depth] = object;
      write(object ? '{' : '[');
    }

    @Override
    public void name(int from, int to) {
      comma();
      write('"');
      write(from, to);
      write('"');
      write(':');
    }

    @Override
    public void scalar(int from, int to) {
      comma();
      write(from, to);
    }

    @Override
    public void end() {
      write(isObject[depth--] ? '}' : ']');
    }
  }
}
