/** Example: LangChain4j's Bedrock chat model with the cache. */
@NullMarked
package com.gymcoach.bedrock.examples.langchain4j;

import org.jspecify.annotations.NullMarked;
