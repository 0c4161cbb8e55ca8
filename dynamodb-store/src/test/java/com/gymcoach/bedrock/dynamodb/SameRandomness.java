package com.gymcoach.bedrock.dynamodb;

import java.lang.reflect.Field;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Simulates the copies of a snapshot: a source of randomness that was obtained before it gives the
 * same numbers in all copies. Those obtained after it are the system's.
 */
final class SameRandomness extends Provider {
  private static final long serialVersionUID = 1;
  private static final String TYPE = "SecureRandom";
  private static final long SEED = 42;

  private SameRandomness() {
    super("SameRandomness", "1", "For tests of what processes share that were one");
    putService(
        new Service(this, TYPE, "Same", Same.class.getName(), null, null) {
          @Override
          public Object newInstance(Object parameter) {
            return new Same();
          }
        });
  }

  /** Makes this thread, those that begin later, and sources that are obtained draw the same. */
  static SameRandomness install() {
    try {
      Field seeder = ThreadLocalRandom.class.getDeclaredField("seeder");
      seeder.setAccessible(true);
      ((AtomicLong) seeder.get(null)).set(SEED);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("This JDK seeds its threads in another way", e);
    }
    ThreadLocalRandom.current(); // takes the first seed
    SameRandomness installed = new SameRandomness();
    Security.insertProviderAt(installed, 1);
    long drawn = new SecureRandom().nextLong();
    if (drawn != new SecureRandom().nextLong()) {
      throw new IllegalStateException("This JDK finds its SecureRandom in another way");
    }
    return installed;
  }

  /** From now on, what is obtained is the system's. */
  void end() {
    Security.removeProvider(getName());
  }

  private static final class Same extends SecureRandomSpi {
    private static final long serialVersionUID = 1;
    private final Random random = new Random(SEED);

    @Override
    protected synchronized void engineSetSeed(byte[] seed) {
      // A copy of a snapshot would be given the same one.
    }

    @Override
    protected synchronized void engineNextBytes(byte[] bytes) {
      random.nextBytes(bytes);
    }

    @Override
    protected byte[] engineGenerateSeed(int count) {
      byte[] seed = new byte[count];
      engineNextBytes(seed);
      return seed;
    }
  }
}
