package com.gymcoach.bedrock.examples.replay.logs;

import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * A call in numbers: digests, sizes and money, no text.
 *
 * @param first the first half of the key's digest
 * @param second the second half
 * @param millis the time, in milliseconds since 1970
 * @param request a hash of the request's id, or 0 if it has none
 * @param group the number of its model and endpoint
 * @param answerBytes the size of the answer in the log
 * @param flags a sum of the constants
 * @param usd what Bedrock charged; 0 if it is not known
 */
record Call(
    long first,
    long second,
    long millis,
    long request,
    int group,
    int answerBytes,
    int flags,
    double usd) {

  /** The answer was a stream. */
  static final int STREAM = 1;

  /** The cache would look the call up. */
  static final int LOOKED_UP = 2;

  /** The cache would keep the answer. */
  static final int KEPT = 4;

  /** There is a price for the call. */
  static final int PRICED = 8;

  /** The request's body is not in the log. */
  static final int UNKNOWN = 16;

  /** The answer's body is not in the log. */
  static final int ANSWER_UNKNOWN = 32;

  /** Bedrock answered with an error. */
  static final int FAILED = 64;

  /** The call has no user, so that a cache for each user does not look it up. */
  static final int NO_SCOPE = 128;

  /** The size of a call in a file. */
  static final int BYTES = 4 * Long.BYTES + 3 * Integer.BYTES + Double.BYTES;

  /** By key, then by time. The rest makes the order independent of the files' order. */
  static final Comparator<Call> ORDER = Call::compare;

  boolean is(int flag) {
    return (flags & flag) != 0;
  }

  boolean sameKey(Call other) {
    return first == other.first && second == other.second;
  }

  /** Returns whether this is the same call once more: the log can have been delivered twice. */
  boolean isSameCall(Call other) {
    return request != 0 && request == other.request && millis == other.millis && sameKey(other);
  }

  private static int compare(Call one, Call other) {
    int order = Long.compare(one.first, other.first);
    order = order != 0 ? order : Long.compare(one.second, other.second);
    order = order != 0 ? order : Long.compare(one.millis, other.millis);
    order = order != 0 ? order : Long.compare(one.request, other.request);
    order = order != 0 ? order : Integer.compare(one.flags, other.flags);
    order = order != 0 ? order : Double.compare(one.usd, other.usd);
    return order != 0 ? order : Integer.compare(one.answerBytes, other.answerBytes);
  }

  void write(ByteBuffer to) {
    to.putLong(first).putLong(second).putLong(millis).putLong(request);
    to.putInt(group).putInt(answerBytes).putInt(flags).putDouble(usd);
  }

  static Call read(ByteBuffer from) {
    return new Call(
        from.getLong(),
        from.getLong(),
        from.getLong(),
        from.getLong(),
        from.getInt(),
        from.getInt(),
        from.getInt(),
        from.getDouble());
  }
}
