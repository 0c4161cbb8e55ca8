package com.gymcoach.bedrock.cache.internal.stream;

import com.gymcoach.bedrock.cache.internal.call.CallerCode;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Wraps a caller's subscriber and records when its code is running. */
final class WatchedSubscriber<E> implements Subscriber<E> {
  private final Subscriber<? super E> caller;
  private final CallerCode.Callback code;

  WatchedSubscriber(Subscriber<? super E> caller, CallerCode.Callback code) {
    this.caller = caller;
    this.code = code;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    code.enter();
    try {
      caller.onSubscribe(subscription);
    } finally {
      code.exit();
    }
  }

  @Override
  public void onNext(E event) {
    code.enter();
    try {
      caller.onNext(event);
    } finally {
      code.exit();
    }
  }

  @Override
  public void onError(Throwable failure) {
    code.enter();
    try {
      caller.onError(failure);
    } finally {
      code.exit();
    }
  }

  @Override
  public void onComplete() {
    code.enter();
    try {
      caller.onComplete();
    } finally {
      code.exit();
    }
  }
}
