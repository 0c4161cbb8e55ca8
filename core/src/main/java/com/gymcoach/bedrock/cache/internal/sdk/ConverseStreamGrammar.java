package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDelta;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDeltaEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockStartEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockStopEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.MessageStopEvent;

/**
 * Decides whether the events of a ConverseStream are a complete answer. The SDK reports truncated
 * streams as successful, so the events themselves must show it: {@code messageStart}, then content
 * blocks that each end and are not continued afterwards, then {@code messageStop} and {@code
 * metadata}, and nothing after that. In practice text blocks have no start event: their first delta
 * starts them. {@link UsableAnswer} decides whether the answer is usable.
 */
final class ConverseStreamGrammar {
  private enum Next {
    MESSAGE_START,
    CONTENT,
    METADATA,
    NOTHING
  }

  private final UsableAnswer answer;
  private final Set<Integer> open = new HashSet<>();
  private final Set<Integer> ended = new HashSet<>();
  private Next next = Next.MESSAGE_START;

  private ConverseStreamGrammar(boolean toolUse) {
    this.answer = new UsableAnswer(toolUse);
  }

  /** Returns why the answer must not be cached, or null if it may be. */
  static @Nullable CacheReason judge(Iterable<ConverseStreamOutput> events, boolean toolUse) {
    ConverseStreamGrammar grammar = new ConverseStreamGrammar(toolUse);
    for (ConverseStreamOutput event : events) {
      CacheReason wrong = grammar.take(event);
      if (wrong != null) {
        return wrong;
      }
    }
    return grammar.next == Next.NOTHING ? grammar.answer.judge() : CacheReason.INCOMPLETE_BODY;
  }

  private @Nullable CacheReason take(ConverseStreamOutput event) {
    boolean fits =
        switch (event.sdkEventType()) {
          case MESSAGE_START -> moves(Next.MESSAGE_START, Next.CONTENT);
          case CONTENT_BLOCK_START -> starts((ContentBlockStartEvent) event);
          case CONTENT_BLOCK_DELTA -> goesOn((ContentBlockDeltaEvent) event);
          case CONTENT_BLOCK_STOP -> ends((ContentBlockStopEvent) event);
          case MESSAGE_STOP -> stops((MessageStopEvent) event);
          case METADATA -> closes(event);
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
    report(event, event.start());
    Integer index = event.contentBlockIndex();
    return next == Next.CONTENT && index != null && !ended.contains(index) && open.add(index);
  }

  private boolean goesOn(ContentBlockDeltaEvent event) {
    ContentBlockDelta delta = event.delta();
    if (delta != null && delta.type() == ContentBlockDelta.Type.TEXT) {
      answer.says(delta.text()); // nearly every event
    } else {
      report(event, delta);
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
    if (event.stopReasonAsString() != null) {
      answer.ends(event.stopReasonAsString(), StopReasons.CONVERSE);
    }
    return open.isEmpty() && moves(Next.CONTENT, Next.METADATA);
  }

  private void report(ConverseStreamOutput event, @Nullable SdkPojo part) {
    if (UnknownContent.isIn(event)) {
      answer.refuse(CacheReason.UNKNOWN_CONTENT);
    }
    ConverseContent.report(part, answer);
  }

  private boolean closes(ConverseStreamOutput metadata) {
    if (UnknownContent.isIn(metadata)) {
      answer.refuse(CacheReason.UNKNOWN_CONTENT);
    }
    return moves(Next.METADATA, Next.NOTHING);
  }
}
