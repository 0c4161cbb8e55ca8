package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheScope;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InferenceConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;

/**
 * A cheap hash of a request, for finding candidates. It reads short texts in full, and only both
 * ends and some places between of long ones, so that its cost does not grow with size. A match must
 * be verified by comparing the requests. The seed prevents attackers from predicting which requests
 * collide.
 *
 * <p>Immutable.
 */
public final class SampledHash {
  /** The number of characters read at each end of a text. */
  private static final int TEXT_END = 16;

  /** The number of characters read between the ends of a text. */
  private static final int TEXT_PLACES = 16;

  /** The number of bytes read at each end of a body; at least one word. */
  private static final int BODY_END = 32;

  /** The number of words read between the ends of a body. */
  private static final int BODY_PLACES = 32;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  // The finaliser of MurmurHash3 and the golden ratio: odd, and their bits are well spread.
  private static final long SPREAD = 0xff51afd7ed558ccdL;
  private static final long STEP = 0x9e3779b97f4a7c15L;

  private final long seed;
  private final int offset;

  /** Creates a hash whose collisions cannot be predicted without the seed. */
  public SampledHash(long seed) {
    this.seed = seed;
    this.offset = (int) (seed >>> 33);
  }

  /** Returns the hash of a request within a scope. */
  public long of(CacheScope scope, AwsRequest request) {
    long hash = mixed(seed, scope.hashCode());
    if (request instanceof ConverseRequest c) {
      hash =
          mixed(converse(hash, c.messages(), c.system(), c.inferenceConfig()), name(c.modelId()));
    } else if (request instanceof InvokeModelRequest i) {
      hash = bytes(mixed(hash, name(i.modelId())), i.body());
    } else if (request instanceof ConverseStreamRequest c) {
      hash =
          mixed(converse(hash, c.messages(), c.system(), c.inferenceConfig()), name(c.modelId()));
    } else if (request instanceof InvokeModelWithResponseStreamRequest i) {
      hash = bytes(mixed(hash, name(i.modelId())), i.body());
    }
    long spread = (hash ^ (hash >>> 32)) * SPREAD;
    return spread ^ (spread >>> 29);
  }

  private long converse(
      long before,
      List<Message> messages,
      List<SystemContentBlock> system,
      @Nullable InferenceConfiguration inference) {
    long hash = before;
    for (int i = 0; i < messages.size(); i++) { // by index: an iterator is garbage on every hit
      Message message = messages.get(i);
      if (message != null) {
        hash = mixed(hash, name(message.roleAsString()));
        List<ContentBlock> content = message.content();
        for (int j = 0; j < content.size(); j++) {
          ContentBlock block = content.get(j);
          hash = text(hash, block == null ? null : block.text());
        }
      }
    }
    for (int i = 0; i < system.size(); i++) {
      SystemContentBlock block = system.get(i);
      hash = text(hash, block == null ? null : block.text());
    }
    return inference == null ? hash : mixed(hash, inference.hashCode());
  }

  /** Names are short and mostly constants with a cached hash code. */
  private static int name(@Nullable String name) {
    return name == null ? -1 : name.hashCode();
  }

  private long text(long before, @Nullable String text) {
    if (text == null) {
      return mixed(before, -1);
    }
    int length = text.length();
    long hash = mixed(before, length);
    if (length <= 2 * (TEXT_END + TEXT_PLACES)) {
      return range(hash, text, 0, length);
    }
    hash = range(hash, text, 0, TEXT_END);
    hash = range(hash, text, length - TEXT_END, length);
    int stride = (length - 2 * TEXT_END) / TEXT_PLACES;
    int at = TEXT_END + within(stride);
    for (int i = 0; i < TEXT_PLACES; i += 4, at += 4 * stride) {
      hash = mixed(hash, four(text, at, stride));
    }
    return hash;
  }

  private static long range(long before, String text, int from, int to) {
    long hash = before;
    int at = from;
    for (; at + 4 <= to; at += 4) {
      hash = mixed(hash, four(text, at, 1));
    }
    for (; at < to; at++) {
      hash = mixed(hash, text.charAt(at));
    }
    return hash;
  }

  private long bytes(long before, @Nullable SdkBytes body) {
    if (body == null) {
      return mixed(before, -1);
    }
    byte[] bytes = body.asByteArrayUnsafe();
    int length = bytes.length;
    long one = mixed(before, length);
    if (length <= 2 * (BODY_END + BODY_PLACES)) {
      return range(one, bytes, length);
    }
    // Four chains, so that the processor does four multiplications at a time.
    long two = word(bytes, 0);
    long three = word(bytes, length - Long.BYTES);
    long four = STEP;
    for (int i = Long.BYTES; i < BODY_END; i += Long.BYTES) {
      one = mixed(one, word(bytes, i));
      two = mixed(two, word(bytes, length - Long.BYTES - i));
    }
    int stride = (length - 2 * BODY_END) / BODY_PLACES;
    int at = BODY_END + within(stride);
    for (int i = 0; i < BODY_PLACES; i += 4, at += 4 * stride) {
      one = mixed(one, word(bytes, at)); // may overlap the end, which is already read
      two = mixed(two, word(bytes, at + stride));
      three = mixed(three, word(bytes, at + 2 * stride));
      four = mixed(four, word(bytes, at + 3 * stride));
    }
    return mixed(mixed(one, two), mixed(three, four));
  }

  private static long range(long before, byte[] bytes, int to) {
    long hash = before;
    int at = 0;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      hash = mixed(hash, word(bytes, at));
    }
    for (; at < to; at++) {
      hash = mixed(hash, bytes[at]);
    }
    return hash;
  }

  private static long word(byte[] bytes, int at) {
    return (long) WORDS.get(bytes, at);
  }

  private static long mixed(long hash, long value) {
    return (Long.rotateLeft(hash, 5) ^ value) * STEP;
  }

  /** Returns an offset below the stride, chosen by the seed. */
  private int within(int stride) {
    return (int) (((long) offset * stride) >>> 31);
  }

  private static long four(String text, int at, int stride) {
    return ((long) text.charAt(at) << 48)
        | ((long) text.charAt(at + stride) << 32)
        | ((long) text.charAt(at + 2 * stride) << 16)
        | text.charAt(at + 3 * stride);
  }
}
