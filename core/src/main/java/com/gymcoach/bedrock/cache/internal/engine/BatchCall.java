package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.sdk.TextBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * A caller's batch of texts: its distinct texts, and the call for those that Bedrock is asked for.
 * The client's response is joined with the cached parts here, before anything else sees it: if the
 * cache breaks after that, its caller still gets the whole answer. Used for one call, by one thread
 * at a time.
 */
final class BatchCall<Q extends AwsRequest, R> {
  private final TextBatch<Q, R> texts;
  private final List<BatchPart<Q, R>> parts;

  /** The part of each text: a text that comes twice has one part. */
  private final int[] partOfText;

  private volatile @Nullable Narrowed<Q, R> narrowed;
  private volatile boolean unjoinable;
  private List<Fence> fences = List.of();

  BatchCall(TextBatch<Q, R> texts, List<BatchPart<Q, R>> parts, int[] partOfText) {
    this.texts = texts;
    this.parts = parts;
    this.partOfText = partOfText;
  }

  TextBatch<Q, R> texts() {
    return texts;
  }

  /** Returns the distinct texts, in the order in which they first appear. */
  List<BatchPart<Q, R>> parts() {
    return parts;
  }

  /** Takes the fences of all parts. Must be called before anything else is done for the call. */
  void takeFences(Fences all) {
    List<Fence> taken = new ArrayList<>();
    for (BatchPart<Q, R> part : parts) {
      Fence fence = all.of(part.plan().address().partition(), part.plan().address().endpoint());
      part.under(fence);
      if (!taken.contains(fence)) {
        taken.add(fence);
      }
    }
    fences = List.copyOf(taken);
  }

  /** Returns the distinct fences: one for a user, up to 16 for shared answers. */
  List<Fence> fences() {
    return fences;
  }

  /** The call for some of the texts. */
  private static final class Narrowed<Q, R> {
    private final int[] asked;
    private final Q request;
    private @Nullable List<R> answers;

    Narrowed(int[] asked, Q request) {
      this.asked = asked;
      this.request = request;
    }
  }

  /** Returns whether the given parts are all texts of the batch, each of which comes once. */
  boolean isWhole(List<BatchPart<Q, R>> missing) {
    return missing.size() == texts.size();
  }

  /** Lets the call ask for these parts only. The others must have their answers. */
  void narrow(List<BatchPart<Q, R>> missing) {
    int[] asked = missing.stream().mapToInt(BatchPart::text).toArray();
    narrowed = new Narrowed<>(asked, texts.only(asked));
  }

  /**
   * Returns the answer to the whole batch: the client's response to the new texts, joined with the
   * cached ones.
   *
   * @param whole the caller's request. It is sent if the batch was not narrowed, and also after a
   *     response that cannot be joined, because there is no safe way to tell which of its vectors
   *     belongs to which text
   * @param again the client, for the second call
   */
  R send(Q whole, Function<Q, R> client, Function<Q, R> again) {
    Narrowed<Q, R> some = narrowed;
    if (some == null) {
      return client.apply(whole);
    }
    R joined = joined(some, client.apply(some.request));
    return unjoinable ? again.apply(whole) : joined;
  }

  /** Does the same for an async client. Cancelling the returned future cancels the client's. */
  CompletableFuture<R> sendLater(
      Q whole, Function<Q, CompletableFuture<R>> client, Function<Q, CompletableFuture<R>> again) {
    Narrowed<Q, R> some = narrowed;
    CompletableFuture<R> given = client.apply(some == null ? whole : some.request);
    return some == null || given == null
        ? given
        : new Joined<>(given, this, some, () -> again.apply(whole));
  }

  /**
   * Returns the answer to the whole batch, given the one to some of its texts. Returns the latter
   * if it has no vectors, such as a proxy's error: the caller makes of it what it would.
   */
  private R joined(Narrowed<Q, R> some, R response) {
    if (response == null) {
      return response;
    }
    try {
      List<R> answers = texts.apart(response, some.asked);
      R all = texts.together(response, inOrder(some.asked, answers));
      some.answers = answers;
      return all;
    } catch (Throwable notOneForEach) { // such as out of memory; counted if it is sent again
      if (texts.holdsAnswers(response)) {
        unjoinable = true;
        narrowed = null;
      }
      return response;
    }
  }

  /** The future of a whole batch, of which an async client was asked for some texts. */
  private static final class Joined<Q extends AwsRequest, R> extends CompletableFuture<R> {
    private volatile CompletableFuture<R> underWay;

    Joined(
        CompletableFuture<R> given,
        BatchCall<Q, R> batch,
        Narrowed<Q, R> some,
        Supplier<CompletableFuture<R>> again) {
      underWay = given;
      CompletableFuture<?> unused =
          given.whenComplete(
              (response, failure) -> {
                try {
                  if (failure != null) {
                    completeExceptionally(failure);
                    return;
                  }
                  R joined = batch.joined(some, response);
                  if (batch.unjoinable && !isDone()) { // not cancelled meanwhile
                    follow(again.get());
                  } else {
                    complete(joined);
                  }
                } catch (Throwable broken) {
                  completeExceptionally(broken);
                }
              });
    }

    private void follow(CompletableFuture<R> next) {
      underWay = next;
      if (isCancelled()) {
        next.cancel(true);
      }
      CompletableFuture<?> unused =
          next.whenComplete(
              (response, failure) -> {
                if (failure == null) {
                  complete(response);
                } else {
                  completeExceptionally(failure);
                }
              });
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      boolean ended = super.cancel(mayInterrupt);
      return underWay.cancel(mayInterrupt) || ended;
    }
  }

  /** Returns the parts' answers for each text, in the order of the texts. */
  private List<R> inOrder(int[] asked, List<R> answers) {
    List<R> byText = new ArrayList<>();
    for (int index : partOfText) {
      BatchPart<Q, R> part = parts.get(index);
      int place = Arrays.binarySearch(asked, part.text()); // the texts are in order
      byText.add(place >= 0 ? answers.get(place) : BatchSums.response(part));
    }
    return byText;
  }

  /**
   * Returns the answer to the whole batch from its parts, all of which are loaded, or null if they
   * are of different forms.
   */
  @Nullable R served() {
    try {
      List<R> byText = inOrder(new int[0], List.of());
      return texts.unpaid(texts.together(byText.get(0), byText));
    } catch (IOException notAlike) { // then Bedrock is asked for the whole batch
      return null;
    }
  }

  /** Returns whether Bedrock's answer could not be put together with the cached ones. */
  boolean isUnjoinable() {
    return unjoinable;
  }

  /**
   * Returns the answer for each missing part, or null if Bedrock's answer cannot be taken apart.
   *
   * @param response the answer to the whole batch
   */
  @Nullable List<R> apart(R response, List<BatchPart<Q, R>> missing) {
    Narrowed<Q, R> some = narrowed;
    if (some != null) {
      return some.answers;
    }
    try {
      List<R> all = texts.apart(response, IntStream.range(0, texts.size()).toArray());
      return missing.stream().map(part -> all.get(part.text())).toList();
    } catch (IOException notOneForEach) { // reported by the outcome's reason
      return null;
    }
  }
}
