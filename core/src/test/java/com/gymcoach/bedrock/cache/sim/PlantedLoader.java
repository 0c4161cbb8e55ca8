package com.gymcoach.bedrock.cache.sim;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Loads the library and the simulator once more, with defects in the library. The AWS SDK, too: it
 * does not let two classes define the same execution attribute.
 */
final class PlantedLoader extends ClassLoader {
  private static final List<String> LOADED =
      List.of("com.gymcoach.bedrock.cache.", "software.amazon.awssdk.");

  private final List<Planting> plantings;

  PlantedLoader(List<Planting> plantings) {
    super(PlantedLoader.class.getClassLoader());
    this.plantings = plantings;
  }

  /** Returns what runs schedules on the library with its defects. */
  @SuppressWarnings("unchecked")
  LongFunction<String> run() throws ReflectiveOperationException {
    return (LongFunction<String>)
        loadClass(PlantedRun.class.getName()).getDeclaredConstructor().newInstance();
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null && LOADED.stream().anyMatch(name::startsWith)) {
        loaded = define(name);
      }
      return loaded == null ? super.loadClass(name, resolve) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      for (Planting planting : plantings) {
        bytes = planting.isIn(name) ? planting.plant(bytes) : bytes;
      }
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
