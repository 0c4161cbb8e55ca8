package com.gymcoach.bedrock.examples.local;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** The web page with its script, style and icon, and the explanations: files that never change. */
final class Page implements HttpHandler {
  /** No foreign content, nothing inline, no framing. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private record File(String type, byte[] bytes) {}

  private final Map<String, File> files = new HashMap<>();

  Page() {
    files.put("/", file("index.html", "text/html; charset=utf-8"));
    files.put("/twin.css", file("twin.css", "text/css; charset=utf-8"));
    files.put("/twin.js", file("twin.js", "text/javascript; charset=utf-8"));
    files.put("/icon.svg", file("icon.svg", "image/svg+xml"));
    Explanations explanations = new Explanations();
    files.put(
        "/troubleshooting",
        new File("text/html; charset=utf-8", Replies.bytes(explanations.page())));
    files.put(
        "/meanings.json",
        new File("application/json", Replies.bytes(explanations.meanings().toString())));
  }

  private static File file(String name, String type) {
    try (InputStream in = Page.class.getResourceAsStream("page/" + name)) {
      if (in == null) {
        throw new IllegalStateException("The page's " + name + " is missing");
      }
      return new File(type, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    File file = files.get(exchange.getRequestURI().getPath());
    String method = exchange.getRequestMethod();
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Security-Policy", POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cache-Control", "no-cache");
    if (file == null) {
      Replies.error(exchange, 404, "Not Found", "There is nothing here.");
    } else if (!method.equals("GET") && !method.equals("HEAD")) {
      headers.set("Allow", "GET, HEAD");
      Replies.error(exchange, 405, "Method Not Allowed", "Use GET.");
    } else {
      Replies.send(exchange, 200, file.type, file.bytes);
    }
  }
}
