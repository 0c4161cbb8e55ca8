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
 * <p>Each instance computes one hash on one thread.
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

  private final int offset;
  private long hash;

  private SampledHash(long seed) {
    this.hash = seed;
    this.offset = (int) (seed >>> 33);
  }

  /** Returns the hash of a request within a scope. */
  public static long of(CacheScope scope, AwsRequest request, long seed) {
    SampledHash sample = new SampledHash(seed);
    sample.name(scope.user().orElse(null));
    sample.name(scope.endpoint().orElse(null));
    if (request instanceof ConverseRequest c) {
      sample.converse(c.modelId(), c.messages(), c.system(), c.inferenceConfig());
    } else if (request instanceof InvokeModelRequest i) {
      sample.invokeModel(i.modelId(), i.body());
    } else if (request instanceof ConverseStreamRequest c) {
      sample.converse(c.modelId(), c.messages(), c.system(), c.inferenceConfig());
    } else if (request instanceof InvokeModelWithResponseStreamRequest i) {
      sample.invokeModel(i.modelId(), i.body());
    }
    long mixed = (sample.hash ^ (sample.hash >>> 32)) * SPREAD;
    return mixed ^ (mixed >>> 29);
  }

  private void invokeModel(@Nullable String model, @Nullable SdkBytes body) {
    name(model);
    bytes(body);
  }

  private void converse(
      @Nullable String model,
      List<Message> messages,
      List<SystemContentBlock> system,
      @Nullable InferenceConfiguration inference) {
    name(model);
    for (int i = 0; i < messages.size(); i++) { // by index: an iterator is garbage on every hit
      Message message = messages.get(i);
      if (message != null) {
        name(message.roleAsString());
        List<ContentBlock> content = message.content();
        for (int j = 0; j < content.size(); j++) {
          ContentBlock block = content.get(j);
          text(block == null ? null : block.text());
        }
      }
    }
    for (int i = 0; i < system.size(); i++) {
      SystemContentBlock block = system.get(i);
      text(block == null ? null : block.text());
    }
    if (inference != null) {
      mix(inference.hashCode());
    }
  }

  /** Adds a name. Names are short and mostly constants with a cached hash code. */
  private void name(@Nullable String name) {
    mix(name == null ? -1 : name.hashCode());
  }

  private void text(@Nullable String text) {
    if (text == null) {
      mix(-1);
      return;
    }
    int length = text.length();
    mix(length);
    if (length <= 2 * (TEXT_END + TEXT_PLACES)) {
      range(text, 0, length);
      return;
    }
    range(text, 0, TEXT_END);
    range(text, length - TEXT_END, length);
    int stride = (length - 2 * TEXT_END) / TEXT_PLACES;
    int at = TEXT_END + within(stride);
    for (int i = 0; i < TEXT_PLACES; i += 4, at += 4 * stride) {
      mix(four(text, at, stride));
    }
  }

  private void range(String text, int from, int to) {
    int at = from;
    for (; at + 4 <= to; at += 4) {
      mix(four(text, at, 1));
    }
    for (; at < to; at++) {
      mix(text.charAt(at));
    }
  }

  private void bytes(@Nullable SdkBytes body) {
    if (body == null) {
      mix(-1);
      return;
    }
    byte[] bytes = body.asByteArrayUnsafe();
    int length = bytes.length;
    mix(length);
    if (length <= 2 * (BODY_END + BODY_PLACES)) {
      range(bytes, 0, length);
      return;
    }
    // Four chains, so that the processor does four multiplications at a time.
    long one = hash;
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
    hash = mixed(mixed(one, two), mixed(three, four));
  }

  private void range(byte[] bytes, int from, int to) {
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      mix(word(bytes, at));
    }
    for (; at < to; at++) {
      mix(bytes[at]);
    }
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

  private void mix(long value) {
    hash = mixed(hash, value);
  }
}
