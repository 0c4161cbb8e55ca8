package com.gymcoach.bedrock.cache.internal.tier;

/** The same with Caffeine from the first answer on. */
class HotTierInCaffeineTest extends HotTierTest {
  @Override
  int maxFirst() {
    return 0;
  }
}
