package com.gymcoach.bedrock.cache.internal.fence;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;

/** Fences that stop nothing: what happens without them shows what they are for. */
public final class NoFences extends Fences {

  /** Creates a table without fences. */
  public NoFences(TimeSource time) {
    super(time);
  }

  @Override
  void takeDown(PartitionFence parent) {}

  @Override
  public void takeDown(Fence fence) {}
}
