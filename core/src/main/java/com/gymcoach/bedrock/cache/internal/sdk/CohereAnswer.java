package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.cache.internal.wire.RawJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer with embeddings of Cohere's models, taken apart by text. It has one list of
 * vectors, or one for each type of embedding, and may repeat the texts. Vectors are copied byte for
 * byte.
 */
final class CohereAnswer {
  static final byte[] NONE = {};

  private static final String EMBEDDINGS = "embeddings";
  private static final String TEXTS = "texts";
  private static final String RESPONSE_TYPE = "response_type";
  private static final Set<String> MEMBERS = Set.of(EMBEDDINGS, TEXTS, RESPONSE_TYPE, "id");

  /** Stands for the type of embedding if there is one list without a name. */
  private static final String UNNAMED = "";

  private final Map<String, RawJson> members;

  /** The texts as the answer repeats them, or null if it does not. */
  private final @Nullable List<RawJson> texts;

  /** The vectors by type, in order; null for a type without any. */
  private final Map<String, @Nullable List<RawJson>> vectors;

  private CohereAnswer(
      Map<String, RawJson> members,
      @Nullable List<RawJson> texts,
      Map<String, @Nullable List<RawJson>> vectors) {
    this.members = members;
    this.texts = texts;
    this.vectors = vectors;
  }

  /**
   * Reads a body.
   *
   * @param count the number of texts that were asked
   * @throws IOException if it has a member that is not known, or not one vector for each text
   */
  static CohereAnswer of(byte[] body, int count) throws IOException {
    Map<String, RawJson> members = RawJson.object(body);
    RawJson embeddings = members.get(EMBEDDINGS);
    if (embeddings == null || !MEMBERS.containsAll(members.keySet())) {
      throw new IOException("Not the known members");
    }
    Map<String, @Nullable List<RawJson>> vectors = new LinkedHashMap<>();
    if (embeddings.isObject()) {
      for (Map.Entry<String, RawJson> type : embeddings.members().entrySet()) {
        RawJson list = type.getValue();
        if (type.getKey().isEmpty()) {
          throw new IOException("Not the name of a type");
        }
        vectors.put(type.getKey(), list.isNull() ? null : vectors(list, count));
      }
    } else {
      vectors.put(UNNAMED, vectors(embeddings, count));
    }
    if (vectors.values().stream().allMatch(Objects::isNull)) {
      throw new IOException("No vectors");
    }
    RawJson echo = members.get(TEXTS);
    return new CohereAnswer(members, echo == null ? null : each(echo, count), vectors);
  }

  private static List<RawJson> vectors(RawJson list, int count) throws IOException {
    List<RawJson> vectors = each(list, count);
    for (RawJson vector : vectors) {
      if (!vector.isList() && !vector.isText()) { // a text is a vector in base64
        throw new IOException("Not a vector");
      }
    }
    return vectors;
  }

  private static List<RawJson> each(RawJson list, int count) throws IOException {
    List<RawJson> each = list.elements(count);
    if (each.size() != count) {
      throw new IOException("Not one for each text");
    }
    return each;
  }

  /** Returns the members of a body whose vectors are not needed. */
  static Map<String, RawJson> rest(byte[] body) throws IOException {
    return RawJson.object(body);
  }

  /** Returns whether a caller might read vectors from a body, whatever their number. */
  static boolean mayHoldVectors(byte[] body) {
    try {
      return RawJson.object(body).containsKey(EMBEDDINGS);
    } catch (IOException notReadHere) { // a caller's parser may accept more
      return new String(body, ISO_8859_1).contains(EMBEDDINGS);
    }
  }

  /** Returns the body of the answer to one of the texts alone. */
  byte[] part(int text) {
    Map<String, @Nullable List<RawJson>> one = new LinkedHashMap<>();
    vectors.forEach((type, list) -> one.put(type, list == null ? null : List.of(list.get(text))));
    return written(members, texts == null ? null : List.of(texts.get(text)), one);
  }

  /** Returns whether this answer and another one to a single text can be parts of one. */
  boolean isLike(CohereAnswer other) {
    RawJson type = members.get(RESPONSE_TYPE);
    RawJson itsType = other.members.get(RESPONSE_TYPE);
    return (texts == null) == (other.texts == null)
        && (type == null ? itsType == null : type.isWrittenAs(itsType))
        && vectors.keySet().equals(other.vectors.keySet())
        && vectors.entrySet().stream()
            .allMatch(
                entry -> (entry.getValue() == null) == (other.vectors.get(entry.getKey()) == null));
  }

  /**
   * Returns the body of an answer to all texts.
   *
   * @param like the members of the answer that provides the rest, in order
   * @param parts the answers to the texts
   * @throws IOException if they are not alike
   */
  static byte[] joined(Map<String, RawJson> like, List<CohereAnswer> parts) throws IOException {
    CohereAnswer first = parts.get(0);
    List<RawJson> texts = first.texts == null ? null : new ArrayList<>();
    Map<String, @Nullable List<RawJson>> vectors = new LinkedHashMap<>();
    first.vectors.forEach(
        (type, list) -> vectors.put(type, list == null ? null : new ArrayList<>()));
    for (CohereAnswer part : parts) {
      if (!part.isLike(first)) {
        throw new IOException("Answers of different forms");
      }
      if (texts != null && part.texts != null) {
        texts.addAll(part.texts);
      }
      part.vectors.forEach(
          (type, list) -> {
            List<RawJson> all = vectors.get(type);
            if (all != null && list != null) {
              all.addAll(list);
            }
          });
    }
    return written(like, texts, vectors);
  }

  private static byte[] written(
      Map<String, RawJson> members,
      @Nullable List<RawJson> texts,
      Map<String, @Nullable List<RawJson>> vectors) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
    char before = '{';
    for (Map.Entry<String, RawJson> member : members.entrySet()) {
      writeName(out, before, member.getKey());
      if (member.getKey().equals(EMBEDDINGS)) {
        writeVectors(out, vectors);
      } else if (member.getKey().equals(TEXTS) && texts != null) {
        writeList(out, texts);
      } else {
        member.getValue().writeTo(out);
      }
      before = ',';
    }
    out.write('}');
    return out.toByteArray();
  }

  private static void writeVectors(
      ByteArrayOutputStream out, Map<String, @Nullable List<RawJson>> vectors) {
    List<RawJson> unnamed = vectors.get(UNNAMED);
    if (unnamed != null) {
      writeList(out, unnamed);
      return;
    }
    char before = '{';
    for (Map.Entry<String, @Nullable List<RawJson>> type : vectors.entrySet()) {
      writeName(out, before, type.getKey());
      List<RawJson> list = type.getValue();
      if (list == null) {
        out.writeBytes("null".getBytes(UTF_8));
      } else {
        writeList(out, list);
      }
      before = ',';
    }
    out.write('}');
  }

  /** Writes a name that needed no escapes when it was read. */
  private static void writeName(ByteArrayOutputStream out, char before, String name) {
    out.writeBytes((before + "\"" + name + "\":").getBytes(UTF_8));
  }

  static void writeList(ByteArrayOutputStream out, List<RawJson> values) {
    out.write('[');
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      values.get(i).writeTo(out);
    }
    out.write(']');
  }
}
