package com.gymcoach.bedrock.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.ReactiveSecurityContextHolderThreadLocalAccessor;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.core.user.DefaultOAuth2User;
import reactor.core.publisher.Mono;

/** Which authentications share answers. */
class SecurityScopesTest {
  private final SecurityScopes scopes = new SecurityScopes("chat");
  private final ReactiveSecurityContextHolderThreadLocalAccessor reactor =
      new ReactiveSecurityContextHolderThreadLocalAccessor();

  @AfterEach
  void clear() {
    SecurityContextHolder.clearContext();
    reactor.setValue();
  }

  @Test
  void resolve_whenAUserIsAuthenticated_isThatUserAtTheEndpoint() {
    CacheScope scope = of(password("ann"));

    assertThat(user(scope)).contains("ann");
    assertThat(Optional.ofNullable(scope).flatMap(CacheScope::endpoint)).contains("chat");
    assertThat(scope).isEqualTo(of(password("ann"))).isNotEqualTo(of(password("bob")));
  }

  @Test
  void resolve_whenOneNameComesFromTwoProviders_isTwoScopesOfOneUser() {
    CacheScope github = of(signedIn("github", Map.of("id", "ann")));
    CacheScope gitlab = of(signedIn("gitlab", Map.of("id", "ann")));

    assertThat(github).isNotNull().isNotEqualTo(gitlab).isNotEqualTo(of(password("ann")));
    assertThat(user(github)).contains("ann").isEqualTo(user(gitlab));
  }

  @Test
  void resolve_whenOneNameComesFromTwoIssuers_isTwoScopes() {
    assertThat(of(signedIn("sso", Map.of("id", "ann", "iss", "https://one.example"))))
        .isNotNull()
        .isNotEqualTo(of(signedIn("sso", Map.of("id", "ann", "iss", "https://two.example"))));
  }

  @Test
  void resolve_whenNobodyIsAuthenticated_isNull() {
    assertThat(of(null)).isNull();
    assertThat(of(UsernamePasswordAuthenticationToken.unauthenticated("ann", "secret"))).isNull();
    assertThat(
            of(
                new AnonymousAuthenticationToken(
                    "key", "anonymousUser", AuthorityUtils.createAuthorityList("ANONYMOUS"))))
        .isNull();
    assertThat(of(password(""))).isNull();
  }

  @Test
  void resolve_whenReactorKnowsTheUserOnlyLater_isNullWithoutWaiting() {
    reactor.setValue(Mono.never());

    assertThat(of(null)).isNull();
  }

  @Test
  void resolve_whenThreadAndReactorDisagree_isNull() {
    reactor.setValue(Mono.just(new SecurityContextImpl(password("bob"))));

    assertThat(of(password("ann"))).isNull();
    assertThat(of(password("bob"))).isNotNull();
    assertThat(of(null)).isEqualTo(of(password("bob")));
  }

  private @Nullable CacheScope of(@Nullable Authentication authentication) {
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    if (authentication != null) {
      context.setAuthentication(authentication);
    }
    SecurityContextHolder.setContext(context);
    return scopes.resolve(LocalBedrock.question("squats"));
  }

  private static Optional<String> user(@Nullable CacheScope scope) {
    return Optional.ofNullable(scope).flatMap(CacheScope::user);
  }

  private static Authentication password(String name) {
    return UsernamePasswordAuthenticationToken.authenticated(name, null, List.of());
  }

  private static Authentication signedIn(String registration, Map<String, Object> attributes) {
    return new OAuth2AuthenticationToken(
        new DefaultOAuth2User(List.of(), attributes, "id"), List.of(), registration);
  }
}
