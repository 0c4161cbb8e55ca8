package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDelta;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDeltaEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockStart;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockStartEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockStopEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.MessageStopEvent;

/**
 * Whether the events of a ConverseStream are a whole answer. The SDK calls streams a success that
 * were cut short, so the events themselves must show it: {@code messageStart}, then blocks of which
 * each ends before the next begins again, {@code messageStop} and {@code metadata}, and nothing
 * after it. Text blocks have no start in practice; their first delta is one.
 */
final class ConverseStreamGrammar {
  private enum Next {
    MESSAGE_START,
    CONTENT,
    METADATA,
    NOTHING
  }

  private final boolean toolUse;
  private final Set<Integer> open = new HashSet<>();
  private final Set<Integer> ended = new HashSet<>();
  private Next next = Next.MESSAGE_START;
  private @Nullable CacheReason refusal;

  private ConverseStreamGrammar(boolean toolUse) {
    this.toolUse = toolUse;
  }

  /** Returns why the answer is not kept, or null where it may be. */
  static @Nullable CacheReason judge(Iterable<ConverseStreamOutput> events, boolean toolUse) {
    ConverseStreamGrammar grammar = new ConverseStreamGrammar(toolUse);
    for (ConverseStreamOutput event : events) {
      CacheReason wrong = grammar.take(event);
      if (wrong != null) {
        return wrong;
      }
    }
    return grammar.next == Next.NOTHING ? grammar.refusal : CacheReason.INCOMPLETE_BODY;
  }

  private @Nullable CacheReason take(ConverseStreamOutput event) {
    boolean fits =
        switch (event.sdkEventType()) {
          case MESSAGE_START -> moves(Next.MESSAGE_START, Next.CONTENT);
          case CONTENT_BLOCK_START -> starts((ContentBlockStartEvent) event);
          case CONTENT_BLOCK_DELTA -> goesOn((ContentBlockDeltaEvent) event);
          case CONTENT_BLOCK_STOP -> ends((ContentBlockStopEvent) event);
          case MESSAGE_STOP -> stops((MessageStopEvent) event);
          case METADATA -> moves(Next.METADATA, Next.NOTHING);
          default -> false;
        };
    if (fits) {
      return null;
    }
    return event.sdkEventType() == ConverseStreamOutput.EventType.UNKNOWN_TO_SDK_VERSION
        ? CacheReason.UNKNOWN_CONTENT
        : CacheReason.INCOMPLETE_BODY;
  }

  private boolean moves(Next from, Next to) {
    boolean fits = next == from;
    next = to;
    return fits;
  }

  private boolean starts(ContentBlockStartEvent event) {
    ContentBlockStart start = event.start();
    if (start == null || start.type() == ContentBlockStart.Type.UNKNOWN_TO_SDK_VERSION) {
      refuse(CacheReason.UNKNOWN_CONTENT);
    } else if (start.toolUse() != null && !toolUse) {
      refuse(CacheReason.TOOL_USE);
    }
    Integer index = event.contentBlockIndex();
    return next == Next.CONTENT && index != null && !ended.contains(index) && open.add(index);
  }

  private boolean goesOn(ContentBlockDeltaEvent event) {
    if (event.delta() == null
        || event.delta().type() == ContentBlockDelta.Type.UNKNOWN_TO_SDK_VERSION) {
      refuse(CacheReason.UNKNOWN_CONTENT);
    }
    Integer index = event.contentBlockIndex();
    if (next != Next.CONTENT || index == null || ended.contains(index)) {
      return false;
    }
    open.add(index);
    return true;
  }

  private boolean ends(ContentBlockStopEvent event) {
    Integer index = event.contentBlockIndex();
    open.remove(index); // an empty block may have neither start nor delta
    return next == Next.CONTENT && index != null && ended.add(index);
  }

  private boolean stops(MessageStopEvent event) {
    CacheReason reason = ConverseOperation.byStopReason(event.stopReasonAsString(), toolUse);
    if (reason != null) {
      refusal = reason;
    } else if (ended.isEmpty()) {
      refuse(CacheReason.INCOMPLETE_BODY);
    }
    return open.isEmpty() && moves(Next.CONTENT, Next.METADATA);
  }

  /** The first reason found counts, unless the stop reason says more. */
  private void refuse(CacheReason why) {
    if (refusal == null) {
      refusal = why;
    }
  }
}
