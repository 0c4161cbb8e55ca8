package com.gymcoach.bedrock.cache.internal.sdk;

import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * Detects which features the AWS SDK on the class path has. Detection runs once, when this class is
 * initialised, so that no call pays for it. A class or method that the oldest supported SDK lacks
 * is used only if its constant here is true.
 */
public final class SdkFeatures {
  /** Whether the clients have {@code invokeGuardrailChecks}. */
  public static final boolean GUARDRAIL_CHECKS = hasModel("InvokeGuardrailChecksRequest");

  /** Whether a request's override configuration can name an auth-scheme provider. */
  public static final boolean AUTH_SCHEME_OVERRIDES =
      hasMethod(AwsRequestOverrideConfiguration.class, "authSchemeProvider");

  private SdkFeatures() {}

  private static boolean hasModel(String name) {
    return has(BedrockRuntimeClient.class.getPackageName() + ".model." + name);
  }

  private static boolean hasMethod(Class<?> type, String name) {
    try {
      type.getMethod(name);
      return true;
    } catch (NoSuchMethodException | LinkageError e) { // not in this SDK
      return false;
    }
  }

  private static boolean has(String className) {
    try {
      Class.forName(className, false, BedrockRuntimeClient.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) { // not in this SDK
      return false;
    }
  }
}
