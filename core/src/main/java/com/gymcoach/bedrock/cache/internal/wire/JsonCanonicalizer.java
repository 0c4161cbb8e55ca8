package com.gymcoach.bedrock.cache.internal.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Canonicalises a JSON text in one pass, for {@link CanonicalJson}. Iterative, so that no nesting
 * can overflow the stack.
 *
 * <p>The output is the input without white space and with the members of some objects reordered. An
 * object has the same length in any order. A position in the output is therefore the position in
 * the input minus the white space dropped before it, and nothing is copied before the first
 * difference.
 */
final class JsonCanonicalizer {
  static final String S3 = "s3://";
  static final String SYSTEM_TOOL = "systemTool";

  private static final byte[] S3_BYTES = S3.getBytes(US_ASCII);
  private static final byte[] SYSTEM_TOOL_BYTES = SYSTEM_TOOL.getBytes(US_ASCII);

  /**
   * The limit on bytes moved, as a multiple of the text's size. A byte is moved once for each
   * unsorted object around it. Real documents nest a few levels, but a crafted one with hundreds of
   * unsorted levels would cost its size squared. Beyond the limit, the text is not canonicalised.
   */
  private static final int MAX_MOVES = 16;

  /** Up to this number of members, insertion sort beats a sort that needs boxed objects. */
  private static final int FEW_MEMBERS = 16;

  private static final int ARRAY = -1;
  private static final int END_OF_TEXT = -1;

  // Each member of an open object has four numbers, at these offsets.
  private static final int NAME = 0; // position in the input, or ~position in unescapedNames
  private static final int NAME_LENGTH = 1;
  private static final int FROM = 2; // position of the name's opening quote in the output
  private static final int TO = 3; // position of the value's end in the output
  private static final int WIDTH = 4;

  private final byte[] in;
  private final JsonScanner scanner;

  private byte @Nullable [] out;
  private int copied; // bytes of the input that were copied or dropped
  private int dropped;

  private int depth;
  private int[] firstMember = new int[16]; // by level; ARRAY for an array
  private boolean[] unsorted = new boolean[16]; // by level
  private int[] members = new int[32 * WIDTH];
  private int memberCount;
  private byte[] unescapedNames = {};
  private int unescapedLength;

  private byte[] scratch = {};
  private long moved;
  private boolean canonical = true;
  private boolean volatileReference;

  JsonCanonicalizer(byte[] in) {
    this.in = in;
    this.scanner = new JsonScanner(in);
  }

  CanonicalJson run() {
    if (!document() || !canonical) {
      return new CanonicalJson(in, in.length, false, volatileReference);
    }
    if (out == null) {
      return new CanonicalJson(in, in.length, true, volatileReference);
    }
    byte[] result = copyUpTo(in.length);
    return new CanonicalJson(result, in.length - dropped, true, volatileReference);
  }

  private boolean document() {
    while (true) {
      int first = peek();
      if (first == '{' || first == '[') {
        if (!open(first == '{')) {
          return false;
        }
        if (peek() != closing()) {
          if (first == '{' && !name()) {
            return false;
          }
          continue;
        }
      } else {
        if (!scalar(first)) {
          return false;
        }
        endMember();
      }
      // A value has ended, or an empty container is about to end: close every container that ends
      // here.
      while (depth > 0 && peek() == closing()) {
        close();
        endMember();
      }
      if (depth == 0) {
        return peek() == END_OF_TEXT;
      }
      if (peek() != ',') {
        return false;
      }
      scanner.at++;
      if (firstMember[depth] != ARRAY && !name()) {
        return false;
      }
    }
  }

  /** Drops white space and returns the next byte without consuming it. */
  private int peek() {
    int from = scanner.at;
    int i = from;
    while (i < in.length && isWhiteSpace(in[i])) {
      i++;
    }
    if (i > from) {
      copyUpTo(from);
      copied = i;
      dropped += i - from;
      scanner.at = i;
    }
    return i == in.length ? END_OF_TEXT : in[i] & 0xFF;
  }

  private static boolean isWhiteSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private boolean scalar(int first) {
    return switch (first) {
      case '"' -> stringValue();
      case 't' -> scanner.literal("true");
      case 'f' -> scanner.literal("false");
      case 'n' -> scanner.literal("null");
      default -> scanner.number();
    };
  }

  private boolean stringValue() {
    int from = scanner.at + 1;
    if (!scanner.string()) {
      return false;
    }
    if (in[from] == 's' || in[from] == '\\') {
      volatileReference |= beginsWithS3(from, scanner.at - 1);
    }
    return true;
  }

  private boolean beginsWithS3(int from, int to) {
    byte[] start = new byte[S3_BYTES.length + 3];
    JsonScanner.unescape(in, from, to, start, S3_BYTES.length);
    return Arrays.equals(start, 0, S3_BYTES.length, S3_BYTES, 0, S3_BYTES.length);
  }

  private boolean open(boolean object) {
    if (depth == SdkJson.MAX_DEPTH) {
      volatileReference = true; // deeper levels are not read
      return false;
    }
    scanner.at++;
    depth++;
    if (depth == firstMember.length) {
      firstMember = Arrays.copyOf(firstMember, 2 * depth);
      unsorted = Arrays.copyOf(unsorted, 2 * depth);
    }
    firstMember[depth] = object ? memberCount : ARRAY;
    unsorted[depth] = false;
    return true;
  }

  private int closing() {
    return firstMember[depth] == ARRAY ? ']' : '}';
  }

  private void close() {
    if (firstMember[depth] != ARRAY) {
      if (unsorted[depth] && canonical) {
        sortMembers(firstMember[depth], memberCount);
      }
      memberCount = firstMember[depth];
    }
    scanner.at++;
    depth--;
  }

  /** Reads a member's name and the colon after it. */
  private boolean name() {
    if (peek() != '"') {
      return false;
    }
    int quote = scanner.at;
    if (!scanner.string()) {
      return false;
    }
    int length = scanner.at - 1 - (quote + 1);
    int member = memberCount++;
    if (memberCount * WIDTH > members.length) {
      members = Arrays.copyOf(members, 2 * members.length);
    }
    int base = member * WIDTH;
    members[base + FROM] = quote - dropped;
    if (scanner.escaped) {
      members[base + NAME] = ~unescapedLength;
      members[base + NAME_LENGTH] = unescapeName(quote + 1, length);
    } else {
      members[base + NAME] = quote + 1;
      members[base + NAME_LENGTH] = length;
    }
    volatileReference |= isSystemTool(member);
    if (member > firstMember[depth] && !unsorted[depth]) {
      int order = compareNames(member - 1, member);
      canonical &= order != 0;
      unsorted[depth] = order > 0;
    }
    if (peek() != ':') {
      return false;
    }
    scanner.at++;
    return true;
  }

  private int unescapeName(int from, int length) {
    int room = unescapedLength + length + 3;
    if (room > unescapedNames.length) {
      unescapedNames = Arrays.copyOf(unescapedNames, 2 * room);
    }
    byte[] name = new byte[length + 3];
    int unescaped = JsonScanner.unescape(in, from, from + length, name, length);
    System.arraycopy(name, 0, unescapedNames, unescapedLength, unescaped);
    unescapedLength += unescaped;
    return unescaped;
  }

  private void endMember() {
    if (depth > 0 && firstMember[depth] != ARRAY) {
      members[(memberCount - 1) * WIDTH + TO] = scanner.at - dropped;
    }
  }

  private boolean isSystemTool(int member) {
    return at(member, NAME_LENGTH) == SYSTEM_TOOL_BYTES.length
        && Arrays.equals(
            nameBuffer(member),
            nameFrom(member),
            nameFrom(member) + SYSTEM_TOOL_BYTES.length,
            SYSTEM_TOOL_BYTES,
            0,
            SYSTEM_TOOL_BYTES.length);
  }

  private int compareNames(int one, int other) {
    return Arrays.compareUnsigned(
        nameBuffer(one),
        nameFrom(one),
        nameFrom(one) + at(one, NAME_LENGTH),
        nameBuffer(other),
        nameFrom(other),
        nameFrom(other) + at(other, NAME_LENGTH));
  }

  private byte[] nameBuffer(int member) {
    return at(member, NAME) < 0 ? unescapedNames : in;
  }

  private int nameFrom(int member) {
    int from = at(member, NAME);
    return from < 0 ? ~from : from;
  }

  private int at(int member, int what) {
    return members[member * WIDTH + what];
  }

  /** Sorts the members of the object that is about to close. */
  private void sortMembers(int first, int end) {
    int[] order = end - first <= FEW_MEMBERS ? byInsertion(first, end) : byMerging(first, end);
    for (int i = 1; i < order.length; i++) {
      canonical &= compareNames(order[i - 1], order[i]) != 0;
    }
    int from = at(first, FROM);
    int length = at(end - 1, TO) - from;
    moved += length;
    canonical &= moved <= (long) MAX_MOVES * in.length;
    if (!canonical) {
      return;
    }
    if (scratch.length < length) {
      scratch = new byte[Math.max(length, Math.min(2 * scratch.length, in.length))];
    }
    byte[] sorted = copyUpTo(scanner.at);
    int to = 0;
    for (int i = 0; i < order.length; i++) {
      if (i > 0) {
        scratch[to++] = ',';
      }
      int segment = at(order[i], TO) - at(order[i], FROM);
      System.arraycopy(sorted, at(order[i], FROM), scratch, to, segment);
      to += segment;
    }
    System.arraycopy(scratch, 0, sorted, from, length);
  }

  /**
   * Returns the members of an object sorted by name, without boxing; for objects with few members.
   */
  private int[] byInsertion(int first, int end) {
    int[] order = new int[end - first];
    for (int i = 0; i < order.length; i++) {
      int at = i;
      for (; at > 0 && compareNames(order[at - 1], first + i) > 0; at--) {
        order[at] = order[at - 1];
      }
      order[at] = first + i;
    }
    return order;
  }

  private int[] byMerging(int first, int end) {
    return IntStream.range(first, end)
        .boxed()
        .sorted(this::compareNames)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Extends the output to a position in the input and returns it. */
  private byte[] copyUpTo(int end) {
    if (out == null) {
      out = new byte[in.length];
    }
    System.arraycopy(in, copied, out, copied - dropped, end - copied);
    copied = end;
    return out;
  }
}
