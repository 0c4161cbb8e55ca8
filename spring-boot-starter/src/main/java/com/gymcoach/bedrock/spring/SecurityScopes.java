package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.CacheScope;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolderThreadLocalAccessor;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;

/**
 * Takes the user from Spring Security: from the calling thread's {@code SecurityContextHolder}, or
 * in a reactive application from Reactor's context, if Reactor copies it to the thread. Users who
 * are anonymous or not known are not cached.
 */
final class SecurityScopes implements ScopeResolver {
  private static final String OF_AUTHENTICATION = "authentication";
  private static final ClassLoader LOADER =
      Objects.requireNonNull(SecurityScopes.class.getClassLoader());
  private static final boolean REACTIVE =
      ClassUtils.isPresent(
              "org.springframework.security.core.context"
                  + ".ReactiveSecurityContextHolderThreadLocalAccessor",
              LOADER)
          && ClassUtils.isPresent("io.micrometer.context.ThreadLocalAccessor", LOADER)
          && ClassUtils.isPresent("reactor.core.publisher.Mono", LOADER);
  private static final boolean OAUTH2_CORE =
      ClassUtils.isPresent("org.springframework.security.oauth2.core.ClaimAccessor", LOADER);
  private static final boolean OAUTH2_CLIENT =
      ClassUtils.isPresent(
          "org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken",
          LOADER);

  private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();
  private final String endpoint;

  SecurityScopes(String endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public @Nullable CacheScope resolve(BedrockRuntimeRequest request) {
    CacheScope onThread = scope(SecurityContextHolder.getContext());
    CacheScope inReactor = REACTIVE ? scope(Reactive.context()) : null;
    if (onThread == null || inReactor == null) {
      return onThread == null ? inReactor : onThread;
    }
    // Two users on one thread: no telling for whom the call is made.
    return onThread.equals(inReactor) ? onThread : null;
  }

  private @Nullable CacheScope scope(@Nullable SecurityContext context) {
    Authentication authentication = context == null ? null : context.getAuthentication();
    if (authentication == null
        || !authentication.isAuthenticated()
        || trust.isAnonymous(authentication)) {
      return null;
    }
    String name = authentication.getName();
    if (name == null || name.isEmpty()) {
      return null;
    }
    // One name may be two people if two authorities vouch for it. An invalidation reaches both.
    return CacheScope.user(name)
        .endpoint(endpoint)
        .vary(OF_AUTHENTICATION, authentication.getClass().getName() + authority(authentication));
  }

  private static String authority(Authentication authentication) {
    String registration = OAUTH2_CLIENT ? OAuth2.registration(authentication) : "";
    return registration + (OAUTH2_CORE ? OAuth2.issuer(authentication.getPrincipal()) : "");
  }

  /** Loaded only where Reactor and Micrometer's context propagation are on the class path. */
  private static final class Reactive {
    private static final ReactiveSecurityContextHolderThreadLocalAccessor ACCESSOR =
        new ReactiveSecurityContextHolderThreadLocalAccessor();

    /** Returns the context if it is there already. Never blocks. */
    static @Nullable SecurityContext context() {
      Mono<SecurityContext> context = ACCESSOR.getValue();
      if (context == null) {
        return null;
      }
      CompletableFuture<SecurityContext> known = context.toFuture();
      SecurityContext now = known.getNow(null);
      if (now == null) {
        known.cancel(false);
      }
      return now;
    }
  }
}
