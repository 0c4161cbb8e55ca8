package com.gymcoach.bedrock.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.core.ClaimAccessor;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;

/** Who vouches for a user that signed in with OAuth 2. Loaded only where that is available. */
final class OAuth2 {
  private OAuth2() {}

  /** Returns the client registration with which the user signed in, or an empty text. */
  static String registration(Authentication authentication) {
    return authentication instanceof OAuth2AuthenticationToken token
        ? " registration=" + token.getAuthorizedClientRegistrationId()
        : "";
  }

  /** Returns the issuer of the user's token, or an empty text. */
  static String issuer(@Nullable Object principal) {
    Object issuer = null;
    if (principal instanceof ClaimAccessor token) {
      issuer = token.getClaims().get("iss");
    } else if (principal instanceof OAuth2AuthenticatedPrincipal user) {
      issuer = user.getAttribute("iss");
    }
    return issuer == null ? "" : " issuer=" + issuer;
  }
}
