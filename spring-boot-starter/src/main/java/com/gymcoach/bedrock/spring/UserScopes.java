package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.CacheScope;
import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import java.security.Principal;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.BeanUtils;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.AuthenticatedPrincipal;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The scopes of authenticated users. One name may be two people if two authorities vouch for it:
 * whatever tells these apart is part of the scope. An invalidation of the name reaches all of them.
 */
final class UserScopes {
  private static final Logger LOG = LoggerFactory.getLogger(BedrockCacheAutoConfiguration.class);
  private static final boolean OAUTH2_CORE =
      isPresent("org.springframework.security.oauth2.core.ClaimAccessor");
  private static final boolean OAUTH2_CLIENT =
      isPresent(
          "org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken");

  private static final ClassValue<Getters> GETTERS =
      new ClassValue<>() {
        @Override
        protected Getters computeValue(Class<?> type) {
          return Getters.of(type);
        }
      };

  private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();
  private final AtomicBoolean said = new AtomicBoolean();
  private final String endpoint;

  UserScopes(String endpoint) {
    this.endpoint = endpoint;
  }

  /** Returns the scope of a user, or null if the user is anonymous or has no name. */
  @Nullable CacheScope of(@Nullable Authentication authentication) {
    if (authentication == null
        || !authentication.isAuthenticated()
        || trust.isAnonymous(authentication)) {
      return null;
    }
    String name = authentication.getName();
    if (name == null || name.isEmpty() || !identifies(name, authentication.getPrincipal())) {
      return null;
    }
    Object principal = authentication.getPrincipal();
    CacheScope scope =
        CacheScope.user(name)
            .endpoint(endpoint)
            .vary("authentication", authentication.getClass().getName())
            .vary("principal", principal == null ? null : principal.getClass().getName())
            .vary("relying-party", relyingParty(authentication))
            .vary("directory-name", text(principal, Getters::directoryName))
            .vary("impersonator", impersonator(authentication));
    if (OAUTH2_CLIENT) {
      scope = scope.vary("registration", OAuth2.registration(authentication));
    }
    return OAUTH2_CORE ? scope.vary("issuer", OAuth2.issuer(authentication)) : scope;
  }

  /**
   * Returns whether a name is more than {@code toString()} of an object that was not made to have
   * one: two users can have the same text there.
   */
  private boolean identifies(String name, @Nullable Object principal) {
    if (principal instanceof CharSequence
        || principal instanceof Number
        || principal instanceof UUID
        || principal instanceof UserDetails
        || principal instanceof AuthenticatedPrincipal
        || principal instanceof Principal
        || !name.equals(String.valueOf(principal))) {
      return true;
    }
    if (said.compareAndSet(false, true)) {
      LOG.warn(
          "Calls of users with a principal of {} are not cached, because its text need not identify"
              + " a user. Let the class implement AuthenticatedPrincipal, or define a bean of type"
              + " ScopeResolver. This is logged once.",
          ClassUtils.getDescriptiveType(principal));
    }
    return false;
  }

  /** Returns the SAML 2 registration, which Spring Security 6 and 7 have in different places. */
  private static @Nullable String relyingParty(Authentication authentication) {
    String ofToken = text(authentication, Getters::relyingParty);
    return ofToken == null ? text(authentication.getPrincipal(), Getters::relyingParty) : ofToken;
  }

  /** Returns the user who has switched to this one with {@code SwitchUserFilter}, or null. */
  private static @Nullable String impersonator(Authentication authentication) {
    for (GrantedAuthority authority : authentication.getAuthorities()) {
      if (authority.getClass() != SimpleGrantedAuthority.class
          && value(authority, Getters::source) instanceof Authentication source) {
        return source.getClass().getName() + " " + source.getName();
      }
    }
    return null;
  }

  private static @Nullable String text(
      @Nullable Object of, Function<Getters, @Nullable Method> getter) {
    Object value = value(of, getter);
    return value == null ? null : value.toString();
  }

  private static @Nullable Object value(
      @Nullable Object of, Function<Getters, @Nullable Method> getter) {
    Method found = of == null ? null : getter.apply(GETTERS.get(of.getClass()));
    return found == null ? null : ReflectionUtils.invokeMethod(found, of);
  }

  /**
   * Getters of properties that tell users of one name apart. They are read without the classes that
   * have them, which need not be on the class path. They are looked up once for each class, because
   * that is too slow for each call.
   */
  private record Getters(
      @Nullable Method relyingParty, @Nullable Method directoryName, @Nullable Method source) {

    static Getters of(Class<?> type) {
      return new Getters(
          getter(type, "relyingPartyRegistrationId"), getter(type, "dn"), getter(type, "source"));
    }

    private static @Nullable Method getter(Class<?> type, String name) {
      PropertyDescriptor property = BeanUtils.getPropertyDescriptor(type, name);
      Method getter = property == null ? null : property.getReadMethod();
      if (getter != null) {
        ReflectionUtils.makeAccessible(getter);
      }
      return getter;
    }
  }

  private static boolean isPresent(String type) {
    return ClassUtils.isPresent(type, UserScopes.class.getClassLoader());
  }
}
