package com.gymcoach.bedrock.testkit;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The forms in which families of models answer InvokeModel and its stream. Written as templates
 * with single quotes: {@code $TEXT} is the answer as JSON, {@code $END} the reason why it ended,
 * {@code $IN} and {@code $OUT} count tokens. The chunk with {@code $WORD} is repeated for each
 * word.
 */
enum ModelForm {
  ANTHROPIC(
      "end_turn/max_tokens",
      "{'id':'msg_standin','type':'message','role':'assistant','content':[{'type':'text','text':$TEXT}],'stop_reason':'$END','stop_sequence':null,'usage':{'input_tokens':$IN,'output_tokens':$OUT}}",
      "{'type':'message_start','message':{'id':'msg_standin'}}",
      "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':$WORD}}",
      "{'type':'message_delta','delta':{'stop_reason':'$END'}}",
      "{'type':'message_stop'}"),
  ANTHROPIC_TEXT( // Claude 2 and Instant
      "stop_sequence/max_tokens",
      "{'type':'completion','completion':$TEXT,'stop_reason':'$END','stop':null}",
      "{'completion':$WORD,'stop_reason':null,'stop':null}",
      "{'completion':'','stop_reason':'$END','stop':null}"),
  NOVA(
      "end_turn/max_tokens",
      "{'output':{'message':{'content':[{'text':$TEXT}],'role':'assistant'}},'stopReason':'$END','usage':{'inputTokens':$IN,'outputTokens':$OUT,'totalTokens':$SUM}}",
      "{'messageStart':{'role':'assistant'}}",
      "{'contentBlockDelta':{'delta':{'text':$WORD},'contentBlockIndex':0}}",
      "{'contentBlockStop':{'contentBlockIndex':0}}",
      "{'messageStop':{'stopReason':'$END'}}",
      "{'metadata':{'usage':{'inputTokens':$IN,'outputTokens':$OUT},'metrics':{},'trace':{}}}"),
  TITAN(
      "FINISH/LENGTH",
      "{'inputTextTokenCount':$IN,'results':[{'tokenCount':$OUT,'outputText':$TEXT,'completionReason':'$END'}]}",
      "{'outputText':$WORD,'index':0,'totalOutputTextTokenCount':null,'completionReason':null,'inputTextTokenCount':$IN}",
      "{'outputText':'','index':0,'totalOutputTextTokenCount':$OUT,'completionReason':'$END','inputTextTokenCount':null}"),
  LLAMA(
      "stop/length",
      "{'generation':$TEXT,'prompt_token_count':$IN,'generation_token_count':$OUT,'stop_reason':'$END'}",
      "{'generation':$WORD,'prompt_token_count':null,'generation_token_count':1,'stop_reason':null}",
      "{'generation':'','prompt_token_count':null,'generation_token_count':$OUT,'stop_reason':'$END'}"),
  MISTRAL_TEXT( // Mistral 7B, Mixtral and Mistral Small
      "stop/length",
      "{'outputs':[{'text':$TEXT,'stop_reason':'$END'}]}",
      "{'outputs':[{'text':$WORD,'stop_reason':null}]}",
      "{'outputs':[{'text':'','stop_reason':'$END'}]}"),
  COHERE_TEXT( // Command and Command Light
      "COMPLETE/MAX_TOKENS",
      "{'id':'standin','generations':[{'id':'standin','text':$TEXT,'finish_reason':'$END'}],'prompt':''}",
      "{'index':0,'is_finished':false,'text':$WORD}",
      "{'finish_reason':'$END','is_finished':true}"),
  COHERE_CHAT( // Command R
      "COMPLETE/MAX_TOKENS",
      "{'response_id':'standin','text':$TEXT,'generation_id':'standin','finish_reason':'$END'}",
      "{'is_finished':false,'event_type':'text-generation','text':$WORD}",
      "{'is_finished':true,'event_type':'stream-end','response':{'response_id':'standin','text':$TEXT,'finish_reason':'$END'},'finish_reason':'$END'}"),
  JURASSIC(
      "endoftext/length",
      "{'id':1,'prompt':{'text':'','tokens':[]},'completions':[{'data':{'text':$TEXT,'tokens':[]},'finishReason':{'reason':'$END'}}]}"),
  DEEPSEEK_R1(
      "stop/length",
      "{'choices':[{'text':$TEXT,'stop_reason':'$END'}]}",
      "{'choices':[{'text':$WORD,'stop_reason':null}]}",
      "{'choices':[{'text':'','stop_reason':'$END'}]}"),
  PEGASUS(
      "stop/length",
      "{'message':$TEXT,'finishReason':'$END'}",
      "{'message':$WORD}",
      "{'message':'','finishReason':'$END'}"),
  /** The form of OpenAI's chat completions, which most newer models share. */
  CHAT(
      "stop/length",
      "{'id':'standin','object':'chat.completion','created':1760000000,'choices':[{'index':0,'message':{'role':'assistant','content':$TEXT},'finish_reason':'$END'}],'usage':{'prompt_tokens':$IN,'completion_tokens':$OUT,'total_tokens':$SUM}}",
      "{'id':'standin','object':'chat.completion.chunk','choices':[{'index':0,'delta':{'content':$WORD},'finish_reason':null}]}",
      "{'id':'standin','object':'chat.completion.chunk','choices':[{'index':0,'delta':{},'finish_reason':'$END'}]}",
      "{'id':'standin','object':'chat.completion.chunk','choices':[],'usage':{'prompt_tokens':$IN,'completion_tokens':$OUT,'total_tokens':$SUM}}"),

  // The next have no text, end with their body, and are not streamed.

  TITAN_EMBEDDING("/", "{'embedding':$VECTOR,'inputTextTokenCount':$IN}"),
  NOVA_EMBEDDING("/", "{'embeddings':[{'embeddingType':'TEXT','embedding':$VECTOR}]}"),
  COHERE_EMBEDDING(
      "/",
      "{'embeddings':$EMBEDDINGS,'id':'standin','response_type':'$RESPONSE_TYPE','texts':$ECHO}"),
  MARENGO("/", "{'data':[{'embedding':$VECTOR}]}"),
  RERANK("/", "{'results':[$RANKS]}"),
  IMAGE("/", "{'images':['$IMAGE'],'error':null}"),
  STABILITY("/", "{'seeds':[7],'finish_reasons':[null],'images':['$IMAGE']}"),
  STABLE_DIFFUSION(
      "/",
      "{'result':'success','artifacts':[{'seed':7,'base64':'$IMAGE','finishReason':'SUCCESS'}]}");

  /** The ids of models by a part that they contain, the more specific first. */
  private static final List<Map.Entry<String, ModelForm>> MODELS =
      List.of(
          Map.entry("anthropic.claude-v2", ANTHROPIC_TEXT),
          Map.entry("anthropic.claude-instant", ANTHROPIC_TEXT),
          Map.entry("anthropic.", ANTHROPIC),
          Map.entry("amazon.nova-canvas", IMAGE),
          Map.entry("amazon.nova-2-multimodal-embeddings", NOVA_EMBEDDING),
          Map.entry("amazon.nova", NOVA),
          Map.entry("amazon.titan-embed", TITAN_EMBEDDING),
          Map.entry("amazon.titan-image", IMAGE),
          Map.entry("amazon.titan", TITAN),
          Map.entry("amazon.rerank", RERANK),
          Map.entry("meta.llama", LLAMA),
          Map.entry("mistral.mistral-7b", MISTRAL_TEXT),
          Map.entry("mistral.mixtral", MISTRAL_TEXT),
          Map.entry("mistral.mistral-small-2402", MISTRAL_TEXT),
          Map.entry("mistral.", CHAT),
          Map.entry("cohere.embed", COHERE_EMBEDDING),
          Map.entry("cohere.rerank", RERANK),
          Map.entry("cohere.command-r", COHERE_CHAT),
          Map.entry("cohere.", COHERE_TEXT),
          Map.entry("ai21.j2", JURASSIC),
          Map.entry("ai21.", CHAT),
          Map.entry("deepseek.r1", DEEPSEEK_R1),
          Map.entry("deepseek.", CHAT),
          Map.entry("stability.stable-diffusion", STABLE_DIFFUSION),
          Map.entry("stability.", STABILITY),
          Map.entry("twelvelabs.marengo", MARENGO),
          Map.entry("twelvelabs.", PEGASUS));

  /** Providers whose models answer as {@link #CHAT}. */
  private static final List<String> CHAT_PROVIDERS =
      List.of(
          "openai.",
          "qwen.",
          "google.",
          "minimax.",
          "moonshot.",
          "moonshotai.",
          "nvidia.",
          "writer.",
          "xai.",
          "zai.");

  /** A PNG of one pixel. */
  private static final String PIXEL =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=";

  private final String complete;
  private final String cutOff;
  private final String whole;
  private final String chunks; // one a line: a list would not be immutable

  ModelForm(String endings, String whole, String... chunks) {
    int slash = endings.indexOf('/');
    this.complete = endings.substring(0, slash);
    this.cutOff = endings.substring(slash + 1);
    this.whole = json(whole);
    this.chunks = json(String.join("\n", chunks));
  }

  private static String json(String template) {
    return template.replace('\'', '"');
  }

  /**
   * A model's answer.
   *
   * @param text the text, cut off or not
   * @param cut whether it was cut off at the token limit
   * @param in the number of tokens of the question
   * @param out the number of tokens of the text
   * @param inputs what was to be embedded or ranked
   */
  record Answer(String text, boolean cut, int in, int out, Inputs inputs) {}

  /**
   * The input of an embedding or a ranking.
   *
   * @param count the number of texts or documents, at least 1
   * @param hash a hash of the whole request
   * @param texts the texts of a request for several, whose vectors do not depend on each other
   * @param types the types of embedding asked for by name
   */
  record Inputs(int count, int hash, List<String> texts, List<String> types) {}

  /** Returns the form of a model, named by its id, an inference profile's id or an ARN. */
  static ModelForm of(String modelId) {
    String id = modelId.toLowerCase(Locale.ROOT);
    for (Map.Entry<String, ModelForm> model : MODELS) {
      if (id.contains(model.getKey())) {
        return model.getValue();
      }
    }
    // A model that we do not know, such as one behind an application inference profile, answers
    // as Anthropic's do.
    return CHAT_PROVIDERS.stream().anyMatch(id::contains) ? CHAT : ANTHROPIC;
  }

  boolean streams() {
    return !chunks.isEmpty();
  }

  String body(Answer answer) {
    return filled(whole, answer);
  }

  /** Returns a stream's chunks. As Bedrock does, the last one carries the invocation's metrics. */
  List<String> chunks(Answer answer) {
    List<String> filled = new ArrayList<>();
    for (String chunk : chunks.split("\n", -1)) {
      if (chunk.contains("$WORD")) {
        for (String word : answer.text().split("(?<= )", -1)) {
          filled.add(filled(chunk.replace("$WORD", quoted(word)), answer));
        }
      } else {
        filled.add(filled(chunk, answer));
      }
    }
    String last = Objects.requireNonNull(filled.remove(filled.size() - 1));
    filled.add(
        last.substring(0, last.length() - 1)
            + ",\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":%d,\"outputTokenCount\":%d}}"
                .formatted(answer.in(), answer.out()));
    return filled;
  }

  private String filled(String template, Answer answer) {
    Inputs inputs = answer.inputs();
    String vectors = each(inputs.count(), i -> vector(inputs, i));
    return template
        .replace("$EMBEDDINGS", embeddings(inputs.types(), "[" + vectors + "]"))
        .replace(
            "$RESPONSE_TYPE", inputs.types().isEmpty() ? "embeddings_floats" : "embeddings_by_type")
        .replace(
            "$ECHO", "[" + each(inputs.texts().size(), i -> quoted(inputs.texts().get(i))) + "]")
        .replace("$END", answer.cut() ? cutOff : complete)
        .replace("$SUM", Integer.toString(answer.in() + answer.out()))
        .replace("$IMAGE", PIXEL)
        .replace("$IN", Integer.toString(answer.in()))
        .replace("$OUT", Integer.toString(answer.out()))
        .replace("$VECTOR", vector(inputs, 0))
        .replace(
            "$RANKS",
            each(
                inputs.count(),
                i -> "{\"index\":" + i + ",\"relevance_score\":" + 1.0 / (i + 2) + "}"))
        .replace("$TEXT", quoted(answer.text()));
  }

  private interface Element {
    String at(int position);
  }

  private static String each(int count, Element element) {
    return IntStream.range(0, count).mapToObj(element::at).collect(Collectors.joining(","));
  }

  /** Returns one list, or one for each type: the stand-in's numbers are the same for all types. */
  private static String embeddings(List<String> types, String vectors) {
    return types.isEmpty()
        ? vectors
        : types.stream()
            .map(type -> quoted(type) + ":" + vectors)
            .collect(Collectors.joining(",", "{", "}"));
  }

  /** Returns four numbers that depend on the text alone, or on the request and the position. */
  private static String vector(Inputs inputs, int position) {
    int hash =
        inputs.texts().isEmpty()
            ? 31 * inputs.hash() + position
            : inputs.texts().get(position).hashCode();
    return IntStream.range(0, 4)
        .mapToObj(i -> Double.toString(((hash >> (8 * i) & 0xff) - 128.5) / 128))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }
}
