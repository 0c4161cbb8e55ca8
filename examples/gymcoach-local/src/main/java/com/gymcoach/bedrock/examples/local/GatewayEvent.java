package com.gymcoach.bedrock.examples.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A request in the form that API Gateway's HTTP API passes to a function: payload format 2.0. */
final class GatewayEvent {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

  private GatewayEvent() {}

  /**
   * Returns the event of a request.
   *
   * @param body the request's body, which has already been read
   * @param claims the verified token's claims; null if the route requires no token
   */
  static ObjectNode of(HttpExchange exchange, byte[] body, @Nullable ObjectNode claims) {
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getRawPath();
    String query = exchange.getRequestURI().getRawQuery();
    Map<String, String> headers = headers(exchange);

    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("version", "2.0");
    event.put("routeKey", "$default");
    event.put("rawPath", path);
    event.put("rawQueryString", query == null ? "" : query);
    List<String> cookies = exchange.getRequestHeaders().get("Cookie");
    if (cookies != null) {
      for (String line : cookies) {
        Arrays.stream(line.split(";", -1))
            .map(String::strip)
            .forEach(event.withArray("cookies")::add);
      }
    }
    headers.forEach(event.putObject("headers")::put);
    if (query != null) {
      parameters(query).forEach(event.putObject("queryStringParameters")::put);
    }
    boolean text = isText(headers);
    if (body.length > 0) {
      event.put(
          "body",
          text
              ? new String(body, StandardCharsets.UTF_8)
              : Base64.getEncoder().encodeToString(body));
    }
    event.put("isBase64Encoded", body.length > 0 && !text);
    context(event.putObject("requestContext"), method, path, headers, claims);
    return event;
  }

  private static void context(
      ObjectNode context,
      String method,
      String path,
      Map<String, String> headers,
      @Nullable ObjectNode claims) {
    Instant now = Instant.now();
    context.put("accountId", "000000000000").put("apiId", "local");
    if (claims != null) {
      ObjectNode jwt = context.putObject("authorizer").putObject("jwt");
      ObjectNode told = jwt.putObject("claims");
      claims.properties().forEach(claim -> told.put(claim.getKey(), text(claim.getValue())));
      jwt.putNull("scopes");
    }
    context.put("domainName", headers.getOrDefault("host", "")).put("domainPrefix", "local");
    context
        .putObject("http")
        .put("method", method)
        .put("path", path)
        .put("protocol", "HTTP/1.1")
        .put("sourceIp", "127.0.0.1")
        .put("userAgent", headers.getOrDefault("user-agent", ""));
    context.put("requestId", UUID.randomUUID().toString());
    context.put("routeKey", "$default").put("stage", "$default");
    context.put("time", TIME.format(now)).put("timeEpoch", now.toEpochMilli());
  }

  /**
   * Returns a claim as text, as API Gateway does: a list becomes its members in brackets, with
   * spaces.
   */
  static String text(JsonNode claim) {
    if (claim.isArray()) {
      return StreamSupport.stream(claim.spliterator(), false)
          .map(GatewayEvent::text)
          .collect(Collectors.joining(" ", "[", "]"));
    }
    return claim.isValueNode() ? claim.asText() : claim.toString();
  }

  /**
   * Returns the headers with names in lower case and the values of a name joined. Adds a gateway's
   * own headers.
   */
  private static Map<String, String> headers(HttpExchange exchange) {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    headers.remove("cookie");
    headers.merge("x-forwarded-for", "127.0.0.1", (before, last) -> before + ", " + last);
    headers.put("x-forwarded-port", Integer.toString(exchange.getLocalAddress().getPort()));
    headers.put("x-forwarded-proto", "http");
    return headers;
  }

  private static Map<String, String> parameters(String query) {
    Map<String, List<String>> all = new TreeMap<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      all.computeIfAbsent(decoded(name), any -> new ArrayList<>()).add(decoded(value));
    }
    return all.entrySet().stream()
        .collect(
            Collectors.toMap(Map.Entry::getKey, values -> String.join(",", values.getValue())));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** Returns whether the body is passed as text. Any other type is passed in Base64. */
  private static boolean isText(Map<String, String> headers) {
    String type = headers.getOrDefault("content-type", "application/json").toLowerCase(Locale.ROOT);
    return !headers.containsKey("content-encoding")
        && (type.startsWith("text/")
            || type.startsWith("application/json")
            || type.startsWith("application/javascript")
            || type.startsWith("application/xml"));
  }
}
