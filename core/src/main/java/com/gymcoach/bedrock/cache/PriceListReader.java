package com.gymcoach.bedrock.cache;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads a price list strictly: an unknown name may be a misspelt price. */
final class PriceListReader {
  private static final Map<String, PriceTier> TIERS =
      Map.of(
          "latencyOptimized", PriceTier.LATENCY_OPTIMIZED,
          "batch", PriceTier.BATCH,
          "flex", PriceTier.FLEX,
          "priority", PriceTier.PRIORITY);
  private static final String LONG = "longContext";
  private static final String ABOVE = "aboveInputTokens";
  private static final Set<String> RATES =
      Set.of("input", "output", "cacheRead", "cacheWrite", "source");

  private final Set<String> sources;

  private PriceListReader(Set<String> sources) {
    this.sources = sources;
  }

  static PriceList read(InputStream json) throws IOException {
    try (JsonParser in = new JsonFactory().createParser(json)) {
      in.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
      in.nextToken();
      Map<String, Object> list = object("the list", value(in));
      if (in.nextToken() != null) {
        throw new IOException("A price list is one JSON object: take out what follows it");
      }
      known("the list", list, Set.of("date", "sources", "store", "models"));
      PriceListReader reader = new PriceListReader(object("sources", list.get("sources")).keySet());
      return reader.list(list);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "A price list is JSON: see line " + line(e) + ", where " + e.getOriginalMessage());
    } catch (CharConversionException e) {
      throw new IOException("A price list is JSON in UTF-8", e);
    } catch (DateTimeException | IndexOutOfBoundsException | NumberFormatException e) {
      // the cause's message says less than this one
      throw new IOException("A price list needs its \"date\", like 2026-10-07");
    }
  }

  private static int line(JsonProcessingException e) {
    return e.getLocation() == null ? 1 : e.getLocation().getLineNr();
  }

  private PriceList list(Map<String, Object> list) throws IOException {
    Map<String, PriceList.Entry> models = new HashMap<>();
    for (Map.Entry<String, Object> model : object("models", list.get("models")).entrySet()) {
      models.put(model.getKey(), entry(model.getKey(), object(model.getKey(), model.getValue())));
    }
    Map<String, Object> store = object("store", list.get("store"));
    known("store", store, Set.of("readUnit", "writeUnit", "source"));
    requireSource("store", store);
    return new PriceList(
        PriceList.date(String.valueOf(list.get("date"))),
        models,
        rate("store", store, "readUnit"),
        rate("store", store, "writeUnit"));
  }

  private PriceList.Entry entry(String model, Map<String, Object> prices) throws IOException {
    Map<String, Object> own = new HashMap<>(prices);
    own.keySet().removeAll(TIERS.keySet());
    own.remove(LONG);
    Map<PriceTier, ModelPrice> tiers = new EnumMap<>(PriceTier.class);
    tiers.put(PriceTier.STANDARD, price(model, own));
    for (Map.Entry<String, PriceTier> tier : TIERS.entrySet()) {
      Object rates = prices.get(tier.getKey());
      if (rates != null) {
        tiers.put(tier.getValue(), price(model, object(model, rates)));
      }
    }
    if (prices.get(LONG) == null) {
      return new PriceList.Entry(tiers, null, Long.MAX_VALUE);
    }
    Map<String, Object> rates = new HashMap<>(object(model, prices.get(LONG)));
    long above = (long) rate(model, rates, ABOVE);
    rates.remove(ABOVE);
    return new PriceList.Entry(tiers, price(model, rates), above);
  }

  private ModelPrice price(String model, Map<String, Object> rates) throws IOException {
    known(model, rates, RATES);
    requireSource(model, rates);
    return new ModelPrice(
        rate(model, rates, "input"),
        rate(model, rates, "output"),
        rates.get("cacheRead") == null ? null : rate(model, rates, "cacheRead"),
        rates.get("cacheWrite") == null ? null : rate(model, rates, "cacheWrite"));
  }

  private void requireSource(String what, Map<String, Object> rates) throws IOException {
    Object source = rates.get("source");
    List<?> named =
        source instanceof List<?> several ? several : source == null ? List.of() : List.of(source);
    if (named.isEmpty() || !sources.containsAll(named)) {
      throw new IOException(
          "A price of " + what + " names no source: add \"source\" with a name from \"sources\"");
    }
  }

  private static void known(String what, Map<String, Object> object, Set<String> names)
      throws IOException {
    for (String name : object.keySet()) {
      if (!names.contains(name)) {
        throw new IOException(
            "In the prices of " + what + " there is no " + name + ": use " + new TreeSet<>(names));
      }
    }
  }

  private static double rate(String what, Map<String, Object> object, String name)
      throws IOException {
    if (object.get(name) instanceof Double number && number >= 0 && Double.isFinite(number)) {
      return number;
    }
    throw new IOException("The prices of " + what + " need a number " + name + ", zero or more");
  }

  @SuppressWarnings("unchecked") // value(...) creates no other maps
  private static Map<String, Object> object(String what, @Nullable Object value)
      throws IOException {
    if (value instanceof Map<?, ?> object) {
      return (Map<String, Object>) object;
    }
    throw new IOException("A price list needs an object for " + what);
  }

  /** Returns a value as a map, list, text or number. A JSON null is treated as absent. */
  private static @Nullable Object value(JsonParser in) throws IOException {
    JsonToken token = in.currentToken();
    if (token == JsonToken.START_OBJECT) {
      Map<String, Object> object = new HashMap<>();
      Set<String> seen = new HashSet<>(); // names whose value is null are not in the map
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        if (!seen.add(name)) {
          throw new IOException("A price list names " + name + " twice: take one out");
        }
        in.nextToken();
        Object member = value(in);
        if (member != null) {
          object.put(name, member);
        }
      }
      return object;
    }
    if (token == JsonToken.START_ARRAY) {
      List<Object> list = new ArrayList<>();
      while (in.nextToken() != JsonToken.END_ARRAY) {
        Object member = value(in);
        if (member != null) {
          list.add(member);
        }
      }
      return list;
    }
    if (token == JsonToken.VALUE_STRING) {
      return in.getText();
    }
    if (token != null && token.isNumeric()) {
      return in.getDoubleValue();
    }
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    throw new IOException("A price list is a JSON object of objects, texts and numbers");
  }
}
