package com.gymcoach.bedrock.cache.internal.sdk;

import java.io.IOException;
import java.util.List;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

/**
 * A request for an answer to each of several texts, which can be taken apart, as can its response.
 *
 * <p>Immutable.
 *
 * @param <Q> the request
 * @param <R> the response
 */
public interface TextBatch<Q, R> {

  /** Returns whether a request may be a batch: a quick check, before the policy is asked. */
  static boolean isPossible(SdkRequest request) {
    return request instanceof InvokeModelRequest;
  }

  /** Returns the number of texts, at least 1. */
  int size();

  /** Returns the same request for some of the texts alone, in the given order. */
  Q only(int... texts);

  /**
   * Takes a response apart into one for each text. They share out the tokens that Bedrock counted,
   * by the lengths of the texts.
   *
   * @param texts the texts that were asked
   * @throws IOException if it does not hold exactly one answer for each of them in a known form
   */
  List<R> apart(R response, int... texts) throws IOException;

  /**
   * Returns whether a response holds anything that a caller might take for answers. An error that a
   * proxy sends with status 200 does not.
   */
  boolean holdsAnswers(R response);

  /** Returns whether responses to single texts can be put together. */
  boolean areAlike(List<R> answers);

  /**
   * Puts responses to single texts together.
   *
   * @param like the response that provides the rest: the id, headers, tokens
   * @throws IOException if they are not alike
   */
  R together(R like, List<R> answers) throws IOException;

  /** Returns a response that says that Bedrock has counted no tokens for it. */
  R unpaid(R response);
}
