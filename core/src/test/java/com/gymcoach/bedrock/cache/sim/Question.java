package com.gymcoach.bedrock.cache.sim;

import com.gymcoach.bedrock.cache.CacheScope;
import java.util.ArrayList;
import java.util.List;

/**
 * A question, with its user and its client: only callers with the same one may share an answer.
 *
 * @param text the number of the text; for embeddings, a set of texts as bits
 * @param user the number of the user, or {@link #SHARED}
 * @param client the number of the client's configuration
 */
record Question(Operation operation, int text, int user, int endpoint, int client) {
  static final int SHARED = -1;

  CacheScope scope() {
    return scope(user).endpoint(endpoint(endpoint));
  }

  static CacheScope scope(int user) {
    return user == SHARED ? CacheScope.shared() : CacheScope.user("user-" + user);
  }

  static String endpoint(int number) {
    return number == 0 ? "chat" : "plan";
  }

  /** Returns the text that an answer to this question carries, apart from who caused it. */
  String label() {
    return operation + "|" + text + "|" + user + "|" + endpoint + "|" + client;
  }

  /** Returns whether an answer to another question is one to this, too. */
  boolean isAnsweredBy(Question other, boolean bothForms) {
    return operation == Operation.EMBEDDINGS
        ? other.operation == Operation.EMBEDDINGS && isOfSameCaller(other)
        : text == other.text
            && isOfSameCaller(other)
            && (operation == other.operation
                || (bothForms && isOfConversation() && other.isOfConversation()));
  }

  private boolean isOfConversation() {
    return operation == Operation.CONVERSE || operation == Operation.CONVERSE_STREAM;
  }

  private boolean isOfSameCaller(Question other) {
    return user == other.user && endpoint == other.endpoint && client == other.client;
  }

  /** Returns the texts of a batch. */
  List<Integer> texts() {
    List<Integer> texts = new ArrayList<>();
    for (int each = 0; each < Integer.SIZE; each++) {
      if (((text >> each) & 1) == 1) {
        texts.add(each);
      }
    }
    return texts;
  }
}
