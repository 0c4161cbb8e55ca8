package com.gymcoach.bedrock.examples.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.cache.Explanation;
import com.gymcoach.bedrock.cache.LiveSettings;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Controls that only the twin has, under {@code /local}: tokens, outages, a new instance, data for
 * the graphs. The only protection: requests must address this machine by its loopback address, and
 * pages of another origin are refused.
 */
final class LocalControls implements HttpHandler {
  private static final Pattern USER = Pattern.compile("[A-Za-z0-9._@-]{1,128}");
  private static final Pattern ENDPOINT = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final Services services;
  private final FunctionHost function;
  private final Tokens tokens;
  private final CallLog log;
  private final int port;

  /** Identifies this start, so that a page notices a restart. */
  private final String run = UUID.randomUUID().toString();

  private record Route(String method, HttpHandler handler) {}

  private final Map<String, Route> routes;

  LocalControls(Services services, FunctionHost function, Tokens tokens, CallLog log, int port) {
    this.services = services;
    this.function = function;
    this.tokens = tokens;
    this.log = log;
    this.port = port;
    this.routes =
        Map.of(
            "/local/token",
            new Route("GET", this::token),
            "/local/stats",
            new Route("GET", this::stats),
            "/local/why",
            new Route("GET", this::why),
            "/local/dynamodb/stop",
            turn(Services.Name.DYNAMODB, false),
            "/local/dynamodb/start",
            turn(Services.Name.DYNAMODB, true),
            "/local/bedrock/stop",
            turn(Services.Name.BEDROCK, false),
            "/local/bedrock/start",
            turn(Services.Name.BEDROCK, true),
            "/local/function/replace",
            new Route("POST", this::replace),
            "/local/settings",
            new Route("POST", this::settings));
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    Route route = routes.get(exchange.getRequestURI().getPath());
    if (!fromHere(exchange)) {
      Replies.error(exchange, 403, "Forbidden", "Only this machine may use /local.");
    } else if (route == null) {
      Replies.error(exchange, 404, "Not Found", "There is nothing here.");
    } else if (!exchange.getRequestMethod().equals(route.method)) {
      exchange.getResponseHeaders().set("Allow", route.method);
      Replies.error(exchange, 405, "Method Not Allowed", "Use " + route.method + ".");
    } else {
      route.handler.handle(exchange);
    }
  }

  /**
   * Returns whether a request comes from this machine's page. Another site's page can also reach
   * 127.0.0.1, by its own host name (DNS rebinding) or by a blind request; then the browser sends a
   * different Host or Origin.
   */
  private boolean fromHere(HttpExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst("Host");
    String origin = exchange.getRequestHeaders().getFirst("Origin");
    return host != null
        && (host.equals("127.0.0.1:" + port) || host.equals("localhost:" + port))
        && (origin == null || origin.equals("http://" + host));
  }

  private void token(HttpExchange exchange) throws IOException {
    Map<String, String> parameters = parameters(exchange.getRequestURI().getRawQuery());
    String user = parameters.getOrDefault("user", "");
    if (!USER.matcher(user).matches()) {
      Replies.error(
          exchange, 400, "Bad Request", "user must be 1 to 128 letters, digits or any of . _ @ -");
      return;
    }
    boolean admin = "true".equals(parameters.get("admin"));
    String token = tokens.issue(user, admin, Instant.now().plus(Tokens.LIFE));
    Replies.json(
        exchange,
        200,
        Replies.object()
            .put("token", token)
            .put("user", user)
            .put("admin", admin)
            .put("expiresIn", Tokens.LIFE.toSeconds()));
  }

  private void stats(HttpExchange exchange) throws IOException {
    String after = parameters(exchange.getRequestURI().getRawQuery()).getOrDefault("after", "0");
    if (!after.matches("[0-9]{1,18}")) {
      Replies.error(exchange, 400, "Bad Request", "after must be the number of a call");
      return;
    }
    ObjectNode reply = state();
    reply.put("run", run).put("now", System.currentTimeMillis());
    reply.put("introduction", function.introduction());
    Totals totals = log.totals();
    ObjectNode sums = reply.putObject("totals");
    sums.put("savedUsd", totals.savedUsd()).put("faults", totals.faults());
    totals.faultsByName().forEach(sums.putObject("faultsByName")::put);
    reply.set("cache", Replies.read(function.stats().toJson()));
    log.write(Long.parseLong(after), reply.putArray("calls"));
    Replies.json(exchange, 200, reply);
  }

  /** Returns why a user's recent calls at an endpoint missed, latest first. */
  private void why(HttpExchange exchange) throws IOException {
    Map<String, String> parameters = parameters(exchange.getRequestURI().getRawQuery());
    String user = parameters.getOrDefault("user", "");
    String endpoint = parameters.getOrDefault("endpoint", "");
    if (!USER.matcher(user).matches() || !ENDPOINT.matcher(endpoint).matches()) {
      Replies.error(exchange, 400, "Bad Request", "Give a user and an endpoint, such as chat.");
      return;
    }
    ObjectNode reply = Replies.object();
    ArrayNode misses = reply.putArray("misses");
    for (Explanation each : function.explanations(user, endpoint)) {
      ObjectNode miss = misses.addObject().put("at", each.at().toString());
      miss.put("cause", each.cause().name());
      miss.put("reason", each.reason() == null ? null : each.reason().name());
      miss.put("since", each.since() == null ? null : each.since().toString());
      each.paths().forEach(miss.putArray("paths")::add);
    }
    Replies.json(exchange, 200, reply);
  }

  private Route turn(Services.Name service, boolean up) {
    return new Route(
        "POST",
        exchange -> {
          services.turn(service, up);
          Replies.json(exchange, 200, state());
        });
  }

  private void replace(HttpExchange exchange) throws IOException {
    function.replace();
    Replies.json(exchange, 200, state());
  }

  /** Writes the body as live settings, as the runbook does on AWS. An empty body removes them. */
  private void settings(HttpExchange exchange) throws IOException {
    LiveSettings settings;
    try {
      settings = LiveSettings.parse(new String(Replies.body(exchange), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException | Replies.TooLargeException e) { // its message quotes nothing
      Replies.error(exchange, 400, "Bad Request", "The body must be live settings, or empty.");
      return;
    }
    try {
      function.admin().liveSettings(settings);
    } catch (SdkException e) { // reported to the client
      Replies.error(exchange, 503, "Service Unavailable", "The table did not take the settings.");
      return;
    }
    Replies.json(exchange, 200, Replies.object().put("settings", settings.toJson()));
  }

  private ObjectNode state() {
    return Replies.object()
        .put("dynamodb", upOrDown(Services.Name.DYNAMODB))
        .put("bedrock", upOrDown(Services.Name.BEDROCK));
  }

  private String upOrDown(Services.Name service) {
    return services.up(service) ? "up" : "down";
  }

  private static Map<String, String> parameters(@Nullable String query) {
    return query == null
        ? Map.of()
        : Arrays.stream(query.split("&", -1))
            .map(pair -> pair.split("=", 2))
            .filter(pair -> pair.length == 2)
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (first, second) -> first));
  }
}
