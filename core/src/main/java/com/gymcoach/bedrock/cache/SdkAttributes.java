package com.gymcoach.bedrock.cache;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.auth.signer.AwsSignerExecutionAttribute;
import software.amazon.awssdk.auth.signer.S3SignerExecutionAttribute;
import software.amazon.awssdk.auth.token.signer.SdkTokenExecutionAttribute;
import software.amazon.awssdk.awscore.AwsExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.core.interceptor.SdkInternalExecutionAttribute;

/**
 * The execution attributes defined by the SDK on the class path. The name identifies an attribute,
 * because the SDK rejects a second attribute of the same name in one process.
 */
@SuppressWarnings("deprecation") // deprecated attributes belong to the SDK too
final class SdkAttributes {
  private static final Set<ExecutionAttribute<?>> ALL = all();

  private SdkAttributes() {}

  static boolean contain(ExecutionAttribute<?> attribute) {
    return ALL.contains(attribute);
  }

  /** Reads the attributes by reflection, so that a newer SDK's attributes are known too. */
  private static Set<ExecutionAttribute<?>> all() {
    Set<ExecutionAttribute<?>> all = new HashSet<>();
    for (Class<?> holder :
        List.of(
            SdkExecutionAttribute.class,
            SdkInternalExecutionAttribute.class,
            SdkTokenExecutionAttribute.class,
            AwsExecutionAttribute.class,
            AwsSignerExecutionAttribute.class,
            S3SignerExecutionAttribute.class)) {
      for (Field field : holder.getFields()) {
        if (Modifier.isStatic(field.getModifiers())
            && field.getType() == ExecutionAttribute.class) {
          all.add(constant(field));
        }
      }
    }
    return all;
  }

  private static ExecutionAttribute<?> constant(Field field) {
    try {
      return (ExecutionAttribute<?>) field.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e); // getFields returns public ones only
    }
  }
}
