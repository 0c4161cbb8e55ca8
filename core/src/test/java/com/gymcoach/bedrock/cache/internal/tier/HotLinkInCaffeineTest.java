package com.gymcoach.bedrock.cache.internal.tier;

/** The same with Caffeine from the first answer on. */
class HotLinkInCaffeineTest extends HotLinkTest {
  @Override
  int maxFirst() {
    return 0;
  }
}
