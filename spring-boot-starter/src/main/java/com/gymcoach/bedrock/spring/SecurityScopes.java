package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.CacheScope;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolderThreadLocalAccessor;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;

/**
 * Takes the user from Spring Security: from the context of the calling thread, or in a reactive
 * application from Reactor's context, if Reactor copies it to the thread. If it is not certain for
 * which user a call is made, the call is not cached.
 */
final class SecurityScopes implements ScopeResolver {
  private static final Logger LOG = LoggerFactory.getLogger(BedrockCacheAutoConfiguration.class);
  private static final ClassLoader LOADER =
      Objects.requireNonNull(SecurityScopes.class.getClassLoader());
  private static final String STRATEGIES = "org.springframework.security.core.context.";

  /** Strategies with which a thread can have the user of another. */
  private static final Set<String> NOT_OF_THE_THREAD =
      Set.of(
          STRATEGIES + "InheritableThreadLocalSecurityContextHolderStrategy",
          STRATEGIES + "GlobalSecurityContextHolderStrategy");

  private static final boolean REACTIVE =
      ClassUtils.isPresent(STRATEGIES + "ReactiveSecurityContextHolderThreadLocalAccessor", LOADER)
          && ClassUtils.isPresent("io.micrometer.context.ThreadLocalAccessor", LOADER)
          && ClassUtils.isPresent("reactor.core.publisher.Mono", LOADER);

  private final Supplier<SecurityContextHolderStrategy> strategy;
  private final UserScopes users;
  private final AtomicBoolean said = new AtomicBoolean();

  private SecurityScopes(Supplier<SecurityContextHolderStrategy> strategy, UserScopes users) {
    this.strategy = strategy;
    this.users = users;
  }

  /** Uses the bean that holds contexts, as Spring Security does, or else the static holder. */
  static SecurityScopes of(String endpoint, BeanFactory beans) {
    SecurityContextHolderStrategy bean =
        beans.getBeanProvider(SecurityContextHolderStrategy.class).getIfUnique();
    return new SecurityScopes(
        bean == null ? SecurityContextHolder::getContextHolderStrategy : () -> bean,
        new UserScopes(endpoint));
  }

  @Override
  public @Nullable CacheScope resolve(BedrockRuntimeRequest request) {
    CacheScope scope = scope();
    SecurityContextHolderStrategy used = strategy.get();
    if (scope == null || !NOT_OF_THE_THREAD.contains(used.getClass().getName())) {
      return scope;
    }
    if (said.compareAndSet(false, true)) {
      LOG.warn(
          "Nothing is cached: with {}, a thread can have the user of another thread. Define a bean"
              + " of type ScopeResolver. This is logged once.",
          used.getClass().getSimpleName());
    }
    return null;
  }

  private @Nullable CacheScope scope() {
    Authentication onThread = strategy.get().getContext().getAuthentication();
    Mono<SecurityContext> reactive = REACTIVE ? Reactive.context() : null;
    if (reactive == null) {
      return users.of(onThread);
    }
    CacheScope inReactor = users.of(Reactive.authentication(reactive));
    // If both name a user, only one of them can be the user for whom the call is made.
    return onThread == null || Objects.equals(users.of(onThread), inReactor) ? inReactor : null;
  }

  /** Loaded only where Reactor and Micrometer's context propagation are on the class path. */
  private static final class Reactive {
    private static final ReactiveSecurityContextHolderThreadLocalAccessor ACCESSOR =
        new ReactiveSecurityContextHolderThreadLocalAccessor();

    /** Returns what Reactor has copied to this thread, or null. */
    static @Nullable Mono<SecurityContext> context() {
      return ACCESSOR.getValue();
    }

    /** Returns the authentication if it is known already. Never blocks. */
    static @Nullable Authentication authentication(Mono<SecurityContext> context) {
      CompletableFuture<SecurityContext> known = context.toFuture();
      SecurityContext now = known.getNow(null);
      if (now == null) {
        known.cancel(false);
      }
      return now == null ? null : now.getAuthentication();
    }
  }
}
