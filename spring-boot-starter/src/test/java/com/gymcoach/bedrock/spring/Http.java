package com.gymcoach.bedrock.spring;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/** Calls a running application over HTTP. */
final class Http {
  private final HttpClient client = HttpClient.newHttpClient();
  private final String base;

  Http(ConfigurableApplicationContext context) {
    base = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
  }

  /** Gets a page as a user, or anonymously if the user is null. */
  String get(String path, @Nullable String user) {
    return send("GET", path, user, "").body();
  }

  /** Sends a request with a JSON body. */
  HttpResponse<String> send(String method, String path, @Nullable String user, String json) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(json));
    if (user != null) {
      byte[] credentials = (user + ":secret").getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
