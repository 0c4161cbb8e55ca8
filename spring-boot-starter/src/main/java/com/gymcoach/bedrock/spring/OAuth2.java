package com.gymcoach.bedrock.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.core.ClaimAccessor;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;

/** Reads the issuer of a user that signed in with OAuth 2. Loaded only if OAuth 2 is available. */
final class OAuth2 {
  private OAuth2() {}

  /** Returns the client registration with which the user signed in, or null. */
  static @Nullable String registration(Authentication authentication) {
    return authentication instanceof OAuth2AuthenticationToken token
        ? token.getAuthorizedClientRegistrationId()
        : null;
  }

  /** Returns the issuer of the user's token, or null. */
  static @Nullable String issuer(Authentication authentication) {
    String ofPrincipal = claimedIssuer(authentication.getPrincipal());
    // A service's own converter often makes another principal, and keeps the token as credentials.
    return ofPrincipal == null ? claimedIssuer(authentication.getCredentials()) : ofPrincipal;
  }

  private static @Nullable String claimedIssuer(@Nullable Object token) {
    Object issuer = null;
    if (token instanceof ClaimAccessor claims) {
      issuer = claims.getClaims().get("iss");
    } else if (token instanceof OAuth2AuthenticatedPrincipal user) {
      issuer = user.getAttribute("iss");
    }
    return issuer == null ? null : issuer.toString();
  }
}
