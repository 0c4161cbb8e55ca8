package com.gymcoach.bedrock.cache;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Settings that operators change while processes run, for a whole fleet at once:
 *
 * <pre>{@code
 * LiveSettings off = LiveSettings.mode(CacheMode.OFF);
 * LiveSettings aQuarterWithoutChat = new LiveSettings(null, 25.0, Set.of("chat"));
 * }</pre>
 *
 * <p>As text they are JSON, in which each member may be absent: {@code {"mode": "off",
 * "rolloutPercent": 25, "endpointsOff": ["chat"]}}. Immutable.
 *
 * @param mode the mode, or null for each process's own. A process whose own mode is {@link
 *     CacheMode#OFF} stays off
 * @param rolloutPercent the share of users served by the cache, from 0 to 100 percent, or null for
 *     each process's own
 * @param endpointsOff endpoints whose calls bypass the cache with {@link CacheReason#SWITCHED_OFF}
 */
public record LiveSettings(
    @Nullable CacheMode mode, @Nullable Double rolloutPercent, Set<String> endpointsOff) {

  /** No settings: each process uses its own. */
  public static final LiveSettings NONE = new LiveSettings(null, null, Set.of());

  /** The most characters of a text. */
  public static final int MAX_CHARS = 4_096;

  private static final int MAX_ENDPOINTS = 50;
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if the percentage is not from 0 to 100, an endpoint is not a
   *     name that a scope can have, or there are more than 50 endpoints
   */
  public LiveSettings {
    if (rolloutPercent != null) {
      BuilderChecks.requirePercent(rolloutPercent);
    }
    if (endpointsOff.size() > MAX_ENDPOINTS) {
      throw new IllegalArgumentException("endpointsOff has more than " + MAX_ENDPOINTS + " names");
    }
    endpointsOff.forEach(name -> Names.require("endpoint", name));
    endpointsOff = Set.copyOf(endpointsOff);
  }

  /** Returns settings with only a mode. */
  public static LiveSettings mode(CacheMode mode) {
    return new LiveSettings(mode, null, Set.of());
  }

  /**
   * Reads settings from their text. A blank text stands for {@link #NONE}.
   *
   * @throws IllegalArgumentException if it is not such JSON, or too long. The message quotes
   *     nothing of the text
   */
  public static LiveSettings parse(String text) {
    if (text.isBlank()) {
      return NONE;
    }
    if (text.length() > MAX_CHARS) {
      throw new IllegalArgumentException(
          "The live settings have more than " + MAX_CHARS + " characters");
    }
    try (JsonParser json = JSON.createParser(text)) {
      return parse(json);
    } catch (JsonProcessingException notJson) { // without it as the cause: it quotes the text
      throw new IllegalArgumentException(
          "The live settings are not JSON as LiveSettings describes it" + place(notJson));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Jackson names no place for a number that is too long, or objects that nest too deep. */
  private static String place(JsonProcessingException notJson) {
    JsonLocation place = notJson.getLocation();
    return place == null
        ? ""
        : ", at line " + place.getLineNr() + ", column " + place.getColumnNr();
  }

  private static LiveSettings parse(JsonParser json) throws IOException {
    require(json.nextToken() == JsonToken.START_OBJECT, "are not an object");
    CacheMode mode = null;
    Double percent = null;
    Set<String> off = Set.of();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      JsonToken value = json.nextToken();
      switch (name) {
        case "mode" -> mode = mode(json, value);
        case "rolloutPercent" -> {
          require(value.isNumeric(), "have a rolloutPercent that is not a number");
          percent = json.getDoubleValue();
        }
        case "endpointsOff" -> off = names(json, value);
        default -> require(false, "have a member other than mode, rolloutPercent, endpointsOff");
      }
    }
    require(json.nextToken() == null, "go on after the object");
    return new LiveSettings(mode, percent, off);
  }

  private static CacheMode mode(JsonParser json, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_STRING) {
      for (CacheMode mode : CacheMode.values()) {
        if (mode.name().equalsIgnoreCase(json.getText())) {
          return mode;
        }
      }
    }
    throw new IllegalArgumentException(
        "The live settings have a mode that is not \"on\", \"off\" or \"observe\"");
  }

  private static Set<String> names(JsonParser json, JsonToken value) throws IOException {
    require(value == JsonToken.START_ARRAY, "have endpointsOff that is not a list");
    Set<String> names = new TreeSet<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      require(
          json.currentToken() == JsonToken.VALUE_STRING,
          "have an endpoint in endpointsOff that is not a text");
      names.add(json.getText());
    }
    return names;
  }

  private static void require(boolean good, String otherwise) {
    if (!good) {
      throw new IllegalArgumentException("The live settings " + otherwise);
    }
  }

  /** Returns the settings as text that {@link #parse} reads. */
  public String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      if (mode != null) {
        json.writeStringField("mode", mode.name().toLowerCase(Locale.ROOT));
      }
      if (rolloutPercent != null) {
        json.writeNumberField("rolloutPercent", rolloutPercent);
      }
      if (!endpointsOff.isEmpty()) {
        json.writeArrayFieldStart("endpointsOff");
        for (String name : new TreeSet<>(endpointsOff)) {
          json.writeString(name);
        }
        json.writeEndArray();
      }
      json.writeEndObject();
    } catch (IOException impossible) { // into memory
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }
}
