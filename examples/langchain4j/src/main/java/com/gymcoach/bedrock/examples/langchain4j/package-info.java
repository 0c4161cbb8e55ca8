/** How to give LangChain4j's Bedrock chat model the cache. */
@NullMarked
package com.gymcoach.bedrock.examples.langchain4j;

import org.jspecify.annotations.NullMarked;
