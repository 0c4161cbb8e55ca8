package com.gymcoach.bedrock.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.ListeningSecurityContextHolderStrategy;
import org.springframework.security.core.context.ReactiveSecurityContextHolderThreadLocalAccessor;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.core.user.DefaultOAuth2User;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.security.web.authentication.switchuser.SwitchUserGrantedAuthority;
import reactor.core.publisher.Mono;

/** Which authentications share answers. */
class SecurityScopesTest {
  private final SecurityScopes scopes = SecurityScopes.of("chat", new DefaultListableBeanFactory());
  private final ReactiveSecurityContextHolderThreadLocalAccessor reactor =
      new ReactiveSecurityContextHolderThreadLocalAccessor();

  @AfterEach
  void clear() {
    SecurityContextHolder.setStrategyName(SecurityContextHolder.MODE_THREADLOCAL);
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
  void resolve_whenOneNameIsAuthenticatedInTwoWays_isTwoScopes() {
    assertThat(of(password("ann")))
        .isNotEqualTo(of(new PreAuthenticatedAuthenticationToken("ann", null, List.of())));
  }

  @Test
  void resolve_whenAPrincipalWithClaimsComesFromTwoIssuers_isTwoScopes() {
    assertThat(of(token(new Principals.Claims("ann", Map.of("iss", "https://one.example")))))
        .isNotNull()
        .isEqualTo(of(token(new Principals.Claims("ann", Map.of("iss", "https://one.example")))))
        .isNotEqualTo(
            of(token(new Principals.Claims("ann", Map.of("iss", "https://two.example")))));
  }

  @Test
  void resolve_whenThePrincipalsTextIsItsName_isThatUser() {
    assertThat(user(of(token(new Principals.Named("ann"))))).contains("ann");
    assertThat(user(of(token(new Principals.NamedByJava("ann"))))).contains("ann");
    assertThat(user(of(token(new Principals.NamedUser("ann"))))).contains("ann");
  }

  @Test
  void resolve_whenTheTokenIsBesideThePrincipal_isAScopeOfItsIssuer() {
    assertThat(of(converted("https://one.example")))
        .isEqualTo(of(converted("https://one.example")))
        .isNotEqualTo(of(converted("https://two.example")));
  }

  @Test
  void resolve_whenOneNameComesFromTwoDirectoriesOrKindsOfPrincipal_isTwoScopes() {
    CacheScope sales = of(token(new Principals.InDirectory("ann", "cn=ann,ou=sales")));

    assertThat(sales)
        .isEqualTo(of(token(new Principals.InDirectory("ann", "cn=ann,ou=sales"))))
        .isNotEqualTo(of(token(new Principals.InDirectory("ann", "cn=ann,ou=support"))))
        .isNotEqualTo(of(password("ann")));
    assertThat(of(password("ann")))
        .isNotEqualTo(of(token(User.withUsername("ann").password("").build())));
  }

  @Test
  void resolve_whenOneNameComesFromTwoRelyingParties_isTwoScopes() {
    assertThat(of(token(new Principals.OfSaml("ann", "idp-1"))))
        .isEqualTo(of(token(new Principals.OfSaml("ann", "idp-1"))))
        .isNotEqualTo(of(token(new Principals.OfSaml("ann", "idp-2"))));
    assertThat(of(new Principals.SamlToken("idp-1")))
        .isNotNull()
        .isNotEqualTo(of(new Principals.SamlToken("idp-2")));
  }

  @Test
  void resolve_whenAnAdministratorHasSwitchedToAUser_isAScopeOfTheirOwn() {
    CacheScope switched = of(switchedFrom(password("root")));

    assertThat(user(switched)).contains("ann");
    assertThat(switched)
        .isEqualTo(of(switchedFrom(password("root"))))
        .isNotEqualTo(of(switchedFrom(password("admin"))))
        .isNotEqualTo(of(password("ann")));
  }

  @Test
  void resolve_whenThePrincipalHasOnlyAText_isNullAndSaysSoOnce() {
    LoggedLines logged = LoggedLines.start();

    assertThat(of(token(new Principals.Nameless(1)))).isNull();
    assertThat(of(token(new Principals.Nameless(2)))).isNull();
    assertThat(of(token(7L))).isNotNull();
    assertThat(of(token(new UUID(1, 2)))).isNotNull();

    assertThat(logged.stop())
        .singleElement()
        .asString()
        .contains(Principals.Nameless.class.getName());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        SecurityContextHolder.MODE_INHERITABLETHREADLOCAL,
        SecurityContextHolder.MODE_GLOBAL
      })
  void resolve_whenAThreadCanHaveTheUserOfAnother_isNullAndSaysSoOnce(String mode) {
    SecurityContextHolder.setStrategyName(mode);
    LoggedLines logged = LoggedLines.start();

    assertThat(of(null)).isNull();
    assertThat(of(password("ann"))).isNull();
    assertThat(of(password("ann"))).isNull();

    assertThat(logged.stop()).singleElement().asString().contains("ScopeResolver");
  }

  @Test
  void resolve_whenABeanHoldsTheContexts_asksThatBean() {
    SecurityContextHolderStrategy own = new ListeningSecurityContextHolderStrategy(event -> {});
    DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
    beans.registerSingleton("own", own);
    SecurityContextHolder.getContext().setAuthentication(password("bob"));
    own.getContext().setAuthentication(password("ann"));

    CacheScope scope = SecurityScopes.of("chat", beans).resolve(LocalBedrock.question("squats"));
    own.clearContext();

    assertThat(user(scope)).contains("ann");
  }

  @Test
  void resolve_whenNobodyIsAuthenticated_isNull() {
    assertThat(of(null)).isNull();
    assertThat(of(UsernamePasswordAuthenticationToken.unauthenticated("ann", "secret"))).isNull();
    assertThat(of(anonymous())).isNull();
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

  @Test
  void resolve_whenOnlyOneOfThreadAndReactorKnowsTheUser_isNull() {
    reactor.setValue(Mono.empty());
    assertThat(of(password("ann"))).isNull();

    reactor.setValue(Mono.never());
    assertThat(of(password("ann"))).isNull();

    reactor.setValue(Mono.just(new SecurityContextImpl(password("ann"))));
    assertThat(of(anonymous())).isNull();
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
    return token(name);
  }

  private static Authentication token(Object principal) {
    return UsernamePasswordAuthenticationToken.authenticated(principal, null, List.of());
  }

  private static Authentication anonymous() {
    return new AnonymousAuthenticationToken(
        "key", "anonymousUser", AuthorityUtils.createAuthorityList("ANONYMOUS"));
  }

  private static Authentication signedIn(String registration, Map<String, Object> attributes) {
    return new OAuth2AuthenticationToken(
        new DefaultOAuth2User(List.of(), attributes, "id"), List.of(), registration);
  }

  /** Returns what a service's own converter of tokens makes. */
  private static Authentication converted(String issuer) {
    return UsernamePasswordAuthenticationToken.authenticated(
        "ann",
        new DefaultOAuth2User(List.of(), Map.of("id", "ann", "iss", issuer), "id"),
        List.of());
  }

  private static Authentication switchedFrom(Authentication administrator) {
    return UsernamePasswordAuthenticationToken.authenticated(
        "ann",
        null,
        List.of(
            new SimpleGrantedAuthority("USER"),
            new SwitchUserGrantedAuthority("PREVIOUS_ADMINISTRATOR", administrator)));
  }
}
