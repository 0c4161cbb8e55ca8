package com.gymcoach.bedrock.spring;

import java.security.Principal;
import java.util.Map;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.AuthenticatedPrincipal;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.oauth2.core.ClaimAccessor;

/** Users as the ways of Spring Security and of applications describe them. */
final class Principals {
  private Principals() {}

  /** A principal as LDAP gives it. */
  public record InDirectory(String getName, String getDn) implements AuthenticatedPrincipal {}

  /** A principal as SAML 2 gives it up to Spring Security 6. */
  public record OfSaml(String getName, String getRelyingPartyRegistrationId)
      implements AuthenticatedPrincipal {}

  /** An authentication by SAML 2 as in Spring Security 7. */
  public static final class SamlToken extends AbstractAuthenticationToken {
    private static final long serialVersionUID = 1;
    private final String registration;

    SamlToken(String registration) {
      super(AuthorityUtils.NO_AUTHORITIES);
      this.registration = registration;
      setAuthenticated(true);
    }

    public String getRelyingPartyRegistrationId() {
      return registration;
    }

    @Override
    public Object getPrincipal() {
      return "ann";
    }

    @Override
    public Object getCredentials() {
      return "";
    }
  }

  /** A principal without a name, whose text is the same for all users. */
  static final class Nameless {
    private final int id;

    Nameless(int id) {
      this.id = id;
    }

    @Override
    public String toString() {
      return id > 0 ? "Nameless" : "";
    }
  }

  /** A principal with the claims of a token. */
  public record Claims(String getName, Map<String, Object> getClaims)
      implements AuthenticatedPrincipal, ClaimAccessor {}

  record Named(String getName) implements AuthenticatedPrincipal {
    @Override
    public String toString() {
      return getName;
    }
  }

  record NamedByJava(String getName) implements Principal {
    @Override
    public String toString() {
      return getName;
    }
  }

  static final class NamedUser extends User {
    private static final long serialVersionUID = 1;

    NamedUser(String name) {
      super(name, "", AuthorityUtils.NO_AUTHORITIES);
    }

    @Override
    public String toString() {
      return getUsername();
    }
  }
}
