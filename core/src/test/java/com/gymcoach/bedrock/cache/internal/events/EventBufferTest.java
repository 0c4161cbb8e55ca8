package com.gymcoach.bedrock.cache.internal.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.internal.events.EventBuffer.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events are read as they were added, wherever one chunk ends and the next begins. */
class EventBufferTest {
  private final EventBuffer<Integer> buffer = new EventBuffer<>();
  private final Cursor<Integer> beginning = buffer.cursor();

  private static List<Integer> read(Cursor<Integer> cursor) {
    List<Integer> events = new ArrayList<>();
    for (Integer event = cursor.event(); event != null; event = cursor.event()) {
      assertThat(cursor.end()).isNull();
      events.add(event);
      cursor.advance();
    }
    return events;
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 47, 48, 49, 111, 112, 113, 239, 240, 241, 1000})
  void event_whateverTheNumber_areAllInOrderAndThenTheEnd(int count) {
    IllegalStateException failure = new IllegalStateException();
    numbers(count).forEach(buffer::add);
    Cursor<Integer> behind = buffer.cursor();
    buffer.end(failure);
    for (Cursor<Integer> reader : List.of(beginning.copy(), beginning.copy())) {
      assertThat(read(reader)).isEqualTo(numbers(count));
      assertThat(reader.end()).isEqualTo(new EventBuffer.End(failure));
    }
    assertThat(read(behind)).isEmpty();
    assertThat(behind.end()).isNotNull();
  }

  @Test
  void event_whenReadAsItIsAdded_isThereAtOnceAndTheEndIsNot() {
    Cursor<Integer> reader = beginning.copy();
    for (int i = 0; i < 300; i++) {
      assertThat(reader.event()).isNull();
      assertThat(reader.end()).isNull();
      buffer.add(i);
      assertThat(read(reader)).containsExactly(i);
    }
    buffer.end(null);
    assertThat(reader.end()).isEqualTo(new EventBuffer.End(null));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 16, 40})
  void event_whenEachIsFreedFromSomePlace_areAllInOrder(int from) {
    numbers(from).forEach(buffer::add);
    buffer.freeEach();
    IntStream.range(from, 100).forEach(buffer::add);
    buffer.end(null);
    Cursor<Integer> reader = beginning.copy();
    assertThat(read(reader)).isEqualTo(numbers(100));
    assertThat(reader.end()).isNotNull();
  }
}
