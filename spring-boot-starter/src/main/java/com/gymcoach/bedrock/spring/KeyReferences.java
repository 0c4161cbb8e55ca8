package com.gymcoach.bedrock.spring;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.springframework.beans.BeansException;
import org.springframework.context.ApplicationContext;
import org.springframework.core.io.Resource;

/**
 * Reads key material from where a property says it is. No message contains the property's value
 * unless it is known to be a reference: a value of another form may be the secret itself.
 */
final class KeyReferences {
  private static final String BEAN = "bean:";
  private static final String VARIABLE = "env:";
  private static final String FORMS =
      "Set it to \"bean:\" and the name of a byte[] bean, to \"env:\" and the name of an environment"
          + " variable, or to a resource that begins with \"file:\" or \"classpath:\".";
  private static final String BASE64 =
      "Store the bytes there as Base64, such as the output of" + " \"openssl rand -base64 32\".";

  private final ApplicationContext context;

  KeyReferences(ApplicationContext context) {
    this.context = context;
  }

  /**
   * Returns the bytes that a property refers to.
   *
   * @throws InvalidSettingException if there are none
   */
  byte[] read(String property, String reference) {
    String trimmed = reference.trim();
    if (trimmed.startsWith(BEAN)) {
      return bean(property, trimmed.substring(BEAN.length()));
    }
    if (trimmed.startsWith(VARIABLE)) {
      return variable(property, trimmed.substring(VARIABLE.length()));
    }
    if (trimmed.startsWith("file:") || trimmed.startsWith("classpath:")) {
      return resource(property, trimmed);
    }
    throw InvalidSettingException.ofProperty(
        property,
        "it is not a reference to a secret. Its value is not shown, because it may be the secret.",
        FORMS);
  }

  /** Returns the name of the environment variable that a reference names, or an empty text. */
  static String variableOf(String reference) {
    String trimmed = reference.trim();
    return trimmed.startsWith(VARIABLE) ? trimmed.substring(VARIABLE.length()) : "";
  }

  private byte[] bean(String property, String name) {
    try {
      return context.getBean(name, byte[].class);
    } catch (BeansException e) {
      throw InvalidSettingException.ofProperty(
          property,
          "there is no byte[] bean named \"" + name + "\".",
          "Define a bean of that name and type, or correct the name.",
          e);
    }
  }

  private byte[] variable(String property, String name) {
    // Read as a property, so that tests and config servers can supply it too.
    String value = context.getEnvironment().getProperty(name);
    if (value == null) {
      throw InvalidSettingException.ofProperty(
          property,
          "there is no environment variable named \"" + name + "\".",
          "Set the variable, or correct the name.");
    }
    return decode(property, "the variable " + name, value);
  }

  private byte[] resource(String property, String location) {
    Resource resource = context.getResource(location);
    try (InputStream in = resource.getInputStream()) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return decode(property, "the resource " + location, text);
    } catch (IOException e) {
      throw InvalidSettingException.ofProperty(
          property,
          "the resource " + location + " cannot be read.",
          "Check that it exists and that this process may read it.",
          e);
    }
  }

  private static byte[] decode(String property, String where, String text) {
    try {
      return Base64.getDecoder().decode(text.trim());
    } catch (IllegalArgumentException e) { // Not passed on: its message has characters of the key.
      throw InvalidSettingException.ofProperty(property, where + " is not Base64.", BASE64);
    }
  }
}
