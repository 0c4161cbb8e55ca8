package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;

/** A block of a stream, put together from its start and its deltas. */
final class StreamedBlock {
  /** The kind of a block whose deltas are texts and citations. */
  private static final String CITATIONS = "citationsContent";

  /** The kinds of which a part is in the start. */
  private static final Set<String> STARTED = Set.of("toolUse", "toolResult", "image");

  /** The member of the block, or null as long as there is neither a start nor a delta. */
  private @Nullable String kind;

  private @Nullable SdkPojo start;
  private final StringBuilder text = new StringBuilder();
  private boolean hasText;
  private final StringBuilder signature = new StringBuilder();
  private boolean isSigned;
  private boolean hasResults;
  private final List<Object> parts = new ArrayList<>();

  /** Adds the block's start. */
  void starts(@Nullable SdkPojo union) throws Unconvertible {
    SdkField<?> member = only(union);
    if (kind != null || !(member.getValueOrDefault(union) instanceof SdkPojo of)) {
      throw new Unconvertible();
    }
    kind = member.memberName();
    start = of;
  }

  /** Adds a delta. */
  void goesOn(@Nullable SdkPojo union) throws Unconvertible {
    SdkField<?> member = only(union);
    String name = member.memberName();
    Object value = member.getValueOrDefault(union);
    if (name.equals("citation")) {
      kind = kind == null || kind.equals("text") ? CITATIONS : kind;
      name = CITATIONS;
    } else if (name.equals("text") && CITATIONS.equals(kind)) {
      name = CITATIONS;
    } else if (kind == null) {
      kind = name;
    }
    if (!name.equals(kind)) {
      throw new Unconvertible();
    }
    switch (member.memberName()) {
      case "text" -> says(value);
      case "toolUse" -> says(onlyMember(value, "input"));
      case "reasoningContent" -> reasons((SdkPojo) value);
      case "toolResult" -> results((List<?>) value);
      default -> parts.add(value);
    }
  }

  private void says(@Nullable Object part) throws Unconvertible {
    if (!(part instanceof String more)) {
      throw new Unconvertible();
    }
    text.append(more);
    hasText = true;
  }

  private void reasons(SdkPojo reasoning) throws Unconvertible {
    SdkField<?> member = only(reasoning);
    Object value = member.getValueOrDefault(reasoning);
    switch (member.memberName()) {
      case "text" -> says(value);
      case "signature" -> {
        signature.append(value);
        isSigned = true;
      }
      default -> parts.add(reasoning); // redacted
    }
  }

  /** Two deltas may hold one text, or two: only the service knows. */
  private void results(List<?> results) throws Unconvertible {
    if (hasResults) {
      throw new Unconvertible();
    }
    hasResults = true;
    parts.addAll(results);
  }

  /** Returns the block as Converse has it. */
  ContentBlock content() throws Unconvertible {
    String member = kind;
    if (member == null) {
      throw new Unconvertible(); // it has neither a start nor a delta: of which kind is it?
    }
    if (member.equals("text")) {
      return ContentBlock.fromText(text.toString());
    }
    SdkPojo block = ContentBlock.builder();
    SdkPojo of = SameMembers.builderOf(block, member);
    SdkPojo begun = start;
    if (begun != null) {
      SameMembers.copy(begun, Set.of(), of);
    } else if (STARTED.contains(member)) {
      throw new Unconvertible();
    }
    switch (member) {
      case "toolUse" -> SameMembers.set(of, "input", input());
      case "toolResult" -> toolResult(of);
      case "reasoningContent" -> reasoning(of);
      case CITATIONS -> citations(of);
      case "image" -> SameMembers.copy(onlyPart(), Set.of(), of);
      default -> throw new Unconvertible();
    }
    SameMembers.set(block, member, SameMembers.built(of));
    return (ContentBlock) SameMembers.built(block);
  }

  /** Returns the input of a tool. Bedrock streams one without arguments as an empty text. */
  private Document input() throws Unconvertible {
    try {
      return SdkJson.document(text.isEmpty() ? "{}" : text.toString());
    } catch (IOException malformed) {
      throw new Unconvertible(); // has no cause: its message could quote the input
    }
  }

  private void toolResult(SdkPojo of) throws Unconvertible {
    if (!hasResults) {
      return;
    }
    List<Object> content = new ArrayList<>();
    for (Object part : parts) {
      SdkPojo element = SameMembers.builderOf(of, "content");
      SameMembers.copy((SdkPojo) part, Set.of(), element);
      content.add(SameMembers.built(element));
    }
    SameMembers.set(of, "content", content);
  }

  private void reasoning(SdkPojo of) throws Unconvertible {
    if (!parts.isEmpty()) {
      if (hasText || isSigned) {
        throw new Unconvertible();
      }
      SameMembers.copy(onlyPart(), Set.of(), of);
      return;
    }
    if (!hasText) {
      throw new Unconvertible(); // a signature alone
    }
    SdkPojo says = SameMembers.builderOf(of, "reasoningText");
    SameMembers.set(says, "text", text.toString());
    if (isSigned) {
      SameMembers.set(says, "signature", signature.toString());
    }
    SameMembers.set(of, "reasoningText", SameMembers.built(says));
  }

  private void citations(SdkPojo of) throws Unconvertible {
    if (hasText) {
      SdkPojo generated = SameMembers.builderOf(of, "content");
      SameMembers.set(generated, "text", text.toString());
      SameMembers.set(of, "content", List.of(SameMembers.built(generated)));
    }
    List<Object> citations = new ArrayList<>();
    for (Object part : parts) {
      if (SdkMembers.get(part, "location") == null) {
        throw new Unconvertible(); // it may be a part of a citation
      }
      SdkPojo citation = SameMembers.builderOf(of, "citations");
      SameMembers.copy((SdkPojo) part, Set.of(), citation);
      citations.add(SameMembers.built(citation));
    }
    SameMembers.set(of, "citations", citations);
  }

  private SdkPojo onlyPart() throws Unconvertible {
    if (parts.size() != 1) {
      throw new Unconvertible();
    }
    return (SdkPojo) parts.get(0);
  }

  /** Returns the one member of a union that is set. */
  private static SdkField<?> only(@Nullable SdkPojo union) throws Unconvertible {
    List<SdkField<?>> members = union == null ? List.of() : SameMembers.present(union, Set.of());
    if (members.size() != 1) {
      throw new Unconvertible(); // one that this SDK does not know
    }
    return members.get(0);
  }

  /** Returns the value of a member of an object that must have no other. */
  private static @Nullable Object onlyMember(@Nullable Object of, String member)
      throws Unconvertible {
    if (!(of instanceof SdkPojo pojo) || !only(pojo).memberName().equals(member)) {
      throw new Unconvertible();
    }
    return SdkMembers.get(pojo, member);
  }
}
