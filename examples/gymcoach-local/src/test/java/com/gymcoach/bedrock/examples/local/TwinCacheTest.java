package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.examples.lambda.GymCoachCache;
import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;

class TwinCacheTest {

  /** The twin makes its own cache, and must not drift from the function's. */
  @Test
  void ttls_areTheFunctions() throws Exception {
    Field field = GymCoachCache.class.getDeclaredField("TTLS");
    field.setAccessible(true);
    assertThat(TwinCache.TTLS).isEqualTo(field.get(null));
  }
}
